import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: the handler")
struct WebSocketHandlerTests {
    @Test("Messages come to the session, and what it sends in one turn leaves in one flush, in order")
    func turn() throws {
        let socket = try EmbeddedWebSocket()
        socket.session.onText = { [session = socket.session] text in
            for number in 0..<3 { session.connection?.send("\(text)\(number)") }
        }
        let before = socket.socket.flushes
        try socket.receive(.text("a"), .text("b"))
        #expect(socket.socket.flushes == before + 1)
        #expect(try socket.frames().map(\.text) == ["a0", "a1", "a2", "b0", "b1", "b2"])
        #expect(socket.session.texts == ["a", "b"])
        #expect(socket.connections.count == 1)
    }

    @Test("What is sent while the session is made comes first")
    func greeting() throws {
        let socket = try EmbeddedWebSocket(onOpen: { $0.send("welcome") })
        socket.connection.send("second")
        #expect(try socket.frames().map(\.text) == ["welcome", "second"])
    }

    @Test("Byte by byte, a message is the same")
    func slowly() throws {
        let socket = try EmbeddedWebSocket()
        let text = String(repeating: "ü€", count: 200)
        for byte in (WebSocketFrame.text(text).bytes + WebSocketFrame.ping([1]).bytes) { try socket.receive([byte]) }
        #expect(socket.session.texts == [text])
        #expect(try socket.frames() == [unmasked(.pong([1]))])
    }

    @Test("A flood of pings in one read is answered once; a pong is not answered")
    func pings() throws {
        let socket = try EmbeddedWebSocket()
        try socket.receive((0..<1000).flatMap { WebSocketFrame.ping([UInt8($0 % 256)]).bytes })
        #expect(try socket.frames() == [unmasked(.pong([UInt8(999 % 256)]))])
        try socket.receive(.pong([1, 2, 3]))
        #expect(try socket.frames().isEmpty)
    }

    @Test("A message that the session keeps is not overwritten by the next")
    func kept() throws {
        final class Keeper: WebSocketSession {
            var kept: [ByteBuffer] = []
            func received(text: ByteBuffer) { kept.append(text) }
            func closed(_ end: WebSocketEnd) {}
        }
        let keeper = Keeper()
        let channel = try EmbeddedWebSocket()
        channel.session.onText = { _ in }
        var (assembly, space) = (MessageAssembly(), ByteBuffer())
        var bytes = ByteBuffer(bytes: ["one", "two", "three"].flatMap { WebSocketFrame.text($0).bytes })
        while case .text(let text)? = try assembly.next(from: &bytes, WebSocketConfiguration(), space: &space) {
            keeper.received(text: text)
        }
        #expect(keeper.kept.map { String(buffer: $0) } == ["one", "two", "three"])
    }

    @Test("The application closes: its last messages go first, the client's frame is waited for, what it still says is not heard")
    func closedByApplication() throws {
        let socket = try EmbeddedWebSocket()
        socket.connection.send("last")
        socket.connection.close(.init(rawValue: 4001), reason: "enough")
        socket.connection.send("too late")
        socket.connection.close(.normal)
        #expect(socket.session.ends.isEmpty)
        let frames = try socket.frames()
        #expect(frames == [unmasked(.text("last")), unmasked(.close(4001, "enough"))])
        #expect(socket.session.ends == [.byServer(.init(rawValue: 4001), reason: "enough")])
        try socket.receive(.text("still"), .ping())
        #expect(socket.channel.isActive)
        try socket.receive(.close(4001))
        #expect(!socket.channel.isActive && socket.session.texts.isEmpty)
        #expect(try socket.frames().isEmpty)
        #expect(socket.session.ends.count == 1 && socket.connections.count == 0)
    }

    @Test("A code that cannot be sent becomes one that can")
    func unfitCode() throws {
        let socket = try EmbeddedWebSocket()
        socket.connection.close(.init(rawValue: 1006))
        #expect(try socket.frames().first?.closeCode == 1011)
    }

    @Test("A client that does not answer a close frame has its time, and no more")
    func closeTimeout() throws {
        let socket = try EmbeddedWebSocket { $0.closeTimeout = .seconds(5) }
        socket.connection.close()
        _ = try socket.frames()
        socket.pass(.seconds(4))
        #expect(socket.channel.isActive)
        socket.pass(.seconds(2))
        #expect(!socket.channel.isActive)
        #expect(socket.session.ends == [.byServer(.normal, reason: "")])
    }

    @Test("The client closes: it gets its code back, and then the end", arguments: [1000, 3001, nil] as [UInt16?])
    func closedByClient(code: UInt16?) throws {
        let socket = try EmbeddedWebSocket()
        try socket.receive(.close(code, code == nil ? "" : "bye"), .text("after"))
        #expect(try socket.frames() == [unmasked(.close(code))])
        #expect(!socket.channel.isActive && socket.session.texts.isEmpty)
        #expect(socket.session.ends == [.byClient(code.map { .init(rawValue: $0) }, reason: code == nil ? "" : "bye")])
    }

    @Test("A violation: the client is told why, sending ends, what follows is read away, and the connection ends in time")
    func violation() throws {
        let socket = try EmbeddedWebSocket { $0.closeTimeout = .seconds(5) }
        var unmaskedText = WebSocketFrame.text("plain")
        unmaskedText.mask = nil
        try socket.receive(.text("fine"), unmaskedText, .text("after"))
        let frame = try #require(try socket.frames().first)
        #expect(frame.opcode == 8 && frame.closeCode == 1002 && !frame.closeReason.isEmpty)
        #expect(socket.session.texts == ["fine"] && socket.socket.closes == [.output] && socket.channel.isActive)
        try socket.receive(Array(repeating: 0xFF, count: 1000))
        #expect(try socket.frames().isEmpty)
        #expect(socket.session.ends == [.byServer(.protocolError, reason: frame.closeReason)])
        socket.pass(.seconds(6))
        #expect(!socket.channel.isActive)
    }

    @Test("A connection that ends without a word is lost", arguments: [true, false])
    func lost(halfClosed: Bool) throws {
        let socket = try EmbeddedWebSocket()
        if halfClosed {
            socket.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        } else {
            socket.channel.close(promise: nil)
        }
        socket.turn()
        #expect(!socket.channel.isActive && socket.session.ends == [.lost] && socket.connections.count == 0)
        socket.connection.send("nobody")
        socket.connection.close()
        socket.pass(.seconds(100))
        #expect(socket.session.ends == [.lost])
    }

    @Test(
        "Who says no more is answered still",
        arguments: [(WebSocketFrame.close(1000), 1000), (.binary([1]), 1003)] as [(WebSocketFrame, UInt16)])
    func halfClosed(frame: WebSocketFrame, code: UInt16) throws {
        let socket = try EmbeddedWebSocket()
        try socket.channel.writeInbound(ByteBuffer(bytes: frame.bytes))
        socket.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(try socket.frames().map(\.closeCode) == [code])
        #expect(!socket.channel.isActive && socket.connections.count == 0)
    }

    @Test("Closed within the call that makes the session: the client is told, and the session too")
    func closedAtOnce() throws {
        let socket = try EmbeddedWebSocket(onOpen: { $0.close(.policyViolation, reason: "no") })
        #expect(try socket.frames() == [unmasked(.close(1008, "no"))])
        #expect(socket.session.ends == [.byServer(.policyViolation, reason: "no")])
    }
}

/// As the server sends it.
func unmasked(_ frame: WebSocketFrame) -> WebSocketFrame {
    var frame = frame
    frame.mask = nil
    return frame
}
