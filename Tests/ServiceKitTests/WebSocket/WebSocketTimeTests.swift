import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: silence, slowness and the server's end")
struct WebSocketTimeTests {
    @Test("A silent client is asked, and asked again, and given up when it does not answer")
    func silent() throws {
        let socket = try EmbeddedWebSocket()
        socket.pass(.seconds(14))
        #expect(try socket.frames().isEmpty)
        socket.pass(.seconds(7))
        #expect(try socket.frames() == [unmasked(.ping())])
        socket.pass(.seconds(20))
        #expect(try !socket.frames().isEmpty)
        socket.pass(.seconds(3))
        #expect(socket.channel.isActive)
        socket.pass(.seconds(2))
        #expect(!socket.channel.isActive && socket.session.ends == [.silent])
    }

    @Test("Those who came together are not pinged together")
    func apart() throws {
        var times: Set<Int> = []
        for _ in 0..<40 {
            let socket = try EmbeddedWebSocket()
            var tenths = 0
            while try socket.frames().isEmpty, tenths < 300 {
                socket.pass(.milliseconds(100))
                tenths += 1
            }
            times.insert(tenths)
        }
        #expect(times.count > 5 && times.allSatisfy { $0 >= 150 && $0 <= 202 }, "\(times)")
    }

    @Test("A client that answers pings, or says anything, stays", arguments: [WebSocketFrame.pong(), .text("a"), .ping()])
    func alive(frame: WebSocketFrame) throws {
        let socket = try EmbeddedWebSocket()
        for _ in 0..<20 {
            socket.pass(.seconds(15))
            try socket.receive(frame)
        }
        #expect(socket.channel.isActive && socket.session.ends.isEmpty)
    }

    @Test("A client who takes nothing: the queue is bounded, what waits is dropped, it is told why, and time ends it")
    func slow() throws {
        let socket = try EmbeddedWebSocket { ($0.maximumQueuedBytes, $0.closeTimeout) = (1000, .seconds(5)) }
        socket.socket.isFull = true
        let message = WebSocketMessage(String(repeating: "x", count: 98))
        for number in 1...10 {
            socket.connection.send(message)
            socket.turn()
            #expect(socket.connection.queuedBytes == number * 100)
            #expect(socket.connection.isWritable == (number <= 5))
        }
        #expect(socket.session.ends.isEmpty)
        socket.connection.send(message)
        #expect(socket.session.ends.isEmpty)
        socket.turn()
        #expect(socket.session.ends == [.byServer(.tooSlow, reason: "More messages wait than are kept.")])
        #expect(socket.connection.queuedBytes < 200)
        // It takes again, just in time: what was on its way, and why no more comes.
        try socket.socket.takeAll(socket.channel)
        let frames = try socket.frames()
        #expect(frames.map(\.opcode) == [1, 8] && frames.last?.closeCode == 4008)
        #expect(socket.socket.closes == [.output])
        socket.pass(.seconds(6))
        #expect(!socket.channel.isActive)
    }

    @Test("So many messages may wait, however small")
    func many() throws {
        let socket = try EmbeddedWebSocket { $0.maximumQueuedMessages = 10 }
        socket.socket.isFull = true
        for _ in 0..<10 { socket.connection.send("") }
        socket.turn()
        #expect(socket.session.ends.isEmpty)
        socket.connection.send("")
        socket.turn()
        #expect(socket.session.ends.count == 1)
    }

    @Test("Much that is sent in one turn goes out as it comes, if the client takes it")
    func hurry() throws {
        let socket = try EmbeddedWebSocket { $0.maximumQueuedBytes = 100_000 }
        let message = WebSocketMessage(String(repeating: "x", count: 1000))
        for _ in 0..<2000 { socket.connection.send(message) }
        #expect(try socket.frames().count == 2000)
        #expect(socket.session.ends.isEmpty && socket.connection.queuedBytes == 0)
    }

    @Test("A client that does not take its answers is not listened to until it does")
    func backPressure() throws {
        let socket = try EmbeddedWebSocket { $0.maximumQueuedMessages = 10 }
        socket.session.onText = { [session = socket.session] in session.connection?.send($0) }
        socket.socket.isFull = true
        try socket.receive((0..<100).flatMap { WebSocketFrame.text("\($0)").bytes })
        // Half the queue, and one over.
        #expect(socket.session.texts.count == 6)
        let reads = socket.socket.reads
        socket.channel.read()
        #expect(socket.socket.reads == reads)
        try socket.socket.takeAll(socket.channel)
        #expect(try socket.frames().map(\.text) == (0..<100).map { "\($0)" })
        #expect(socket.session.ends.isEmpty && socket.socket.reads > reads)
        #expect(socket.session.events.contains("drained"))
    }

    @Test("A session that wants nothing hears nothing, and everything later; its client is not taken for silent")
    func paused() throws {
        let socket = try EmbeddedWebSocket()
        socket.connection.pauseReceiving()
        try socket.receive(.text("a"), .text("b"))
        #expect(socket.session.texts.isEmpty)
        for _ in 0..<10 { socket.pass(.seconds(30)) }
        #expect(socket.channel.isActive)
        socket.connection.resumeReceiving()
        socket.turn()
        #expect(socket.session.texts == ["a", "b"])
        // Paused in the middle of what one read brought.
        socket.session.onText = { [session = socket.session] _ in session.connection?.pauseReceiving() }
        try socket.receive(.text("c"), .text("d"))
        #expect(socket.session.texts == ["a", "b", "c"])
        socket.connection.resumeReceiving()
        socket.turn()
        #expect(socket.session.texts == ["a", "b", "c", "d"])
    }

    @Test("The server stops: the session is told, and the client with 1001")
    func stopping() throws {
        let socket = try EmbeddedWebSocket()
        socket.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try socket.frames().map(\.closeCode) == [1001])
        #expect(socket.session.events == ["stopping"])
        try socket.receive(.close(1001))
        #expect(!socket.channel.isActive)
    }

    @Test("Stopping is spread over the time that is given, and messages go both ways meanwhile")
    func spread() throws {
        var times: [Int] = []
        for _ in 0..<40 {
            let socket = try EmbeddedWebSocket { $0.shutdownSpread = .seconds(10) }
            socket.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            try socket.receive(.text("a"))
            #expect(socket.session.events == ["stopping"] && socket.session.texts == ["a"])
            var seconds = 0
            while socket.session.ends.isEmpty, seconds < 12 {
                socket.pass(.seconds(1))
                seconds += 1
            }
            #expect(socket.session.ends == [.byServer(.goingAway, reason: "The server stops.")])
            times.append(seconds)
        }
        #expect(times.allSatisfy { $0 <= 11 } && Set(times).count > 3, "\(times)")
    }

    @Test("Whoever takes nothing of what waits is given up in time, listened to or not", arguments: [true, false])
    func stuck(isPaused: Bool) throws {
        let socket = try EmbeddedWebSocket()
        socket.socket.isFull = true
        socket.connection.send("a")
        if isPaused { socket.connection.pauseReceiving() }
        for _ in 0..<4 {
            socket.pass(.seconds(10))
            if !isPaused { try socket.receive(.text("b")) }
        }
        #expect(socket.channel.isActive && socket.session.ends.isEmpty)
        socket.pass(.seconds(25))
        #expect(socket.session.ends == [.byServer(.tooSlow, reason: "Nothing of what waits is taken.")])
        socket.pass(.seconds(10))
        #expect(!socket.channel.isActive)
    }

    @Test("Whoever takes what he is sent, however slowly, is there, although he says nothing")
    func slowAndSteady() throws {
        let socket = try EmbeddedWebSocket()
        for _ in 0..<5 {
            socket.socket.isFull = true
            socket.connection.send("a")
            socket.pass(.seconds(30))
            try socket.socket.takeAll(socket.channel)
            socket.turn()
        }
        #expect(socket.channel.isActive && socket.session.ends.isEmpty)
    }

    @Test("Once closed, nothing is left in the wheel for longer than a ping takes")
    func forgotten() throws {
        let socket = try EmbeddedWebSocket()
        try socket.receive(.close(1000))
        socket.pass(.seconds(30))
        #expect(socket.session.ends.count == 1 && socket.loop.isIdle)
    }
}
