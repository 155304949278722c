import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: on a socket")
struct WebSocketServerTests {
    @Test("Text of any length comes back, in any fragments, byte by byte, pings between")
    func echo() async throws {
        try await withWebSocketServer { server in
            let client = try await server.connect()
            #expect(try await client.text() == "welcome alice")
            for length in [0, 1, 125, 126, 65_536] {
                let text = String(repeating: "e", count: length)
                try await client.send(text)
                #expect(try await client.text() == text)
            }
            try await client.send(
                .text("grü").unfinished, .ping([1, 2]), .continuation(Array("ße ".utf8)).unfinished, .continuation([0x21]))
            let frames = [try await client.frame(), try await client.frame()]
            #expect(Set(frames.map(\.text)) == ["grüße !", "\u{1}\u{2}"])
            for byte in WebSocketFrame.text("slow").bytes { try await client.connection.send([byte]) }
            #expect(try await client.text() == "slow")
            #expect(try await client.close(1000) == .init(code: 1000, reason: ""))
            try await eventually(within: .seconds(30)) { server.guests.ends == [.byClient(.normal, reason: "")] }
        }
    }

    @Test(
        "Who breaks the protocol is told so with the right code",
        arguments: [
            ([.text("x").with { $0.mask = nil }], 1002), ([.text("x").with { $0.reserved = 4 }], 1002),
            ([.text("x").with { $0.reserved = 1 }], 1002), ([WebSocketFrame(0x3)], 1002), ([WebSocketFrame(0xB)], 1002),
            ([.ping(Array(repeating: 0, count: 126))], 1002), ([.ping().unfinished], 1002), ([.close(1005)], 1002),
            ([.close(1000).unfinished], 1002), ([WebSocketFrame(0x8, [3])], 1002),
            ([WebSocketFrame(0x8, [3, 0xE8, 0xFF])], 1007),
            ([.continuation([])], 1002), ([.text("a").unfinished, .text("b")], 1002), ([.binary([1])], 1003),
            ([WebSocketFrame(0x1, [0xFF])], 1007), ([WebSocketFrame(0x1, [0xC3]).unfinished, .continuation([0x28])], 1007),
            ([WebSocketFrame(0x1, Array(repeating: 97, count: 65_537))], 1009),
            ([.text("").with { $0.claimedLength = 1 << 62 }], 1009), ([.text("").with { $0.claimedLength = .max }], 1002),
            ([.text("a").with { $0.lengthBytes = 3 }], 1002), ([.text("a").with { $0.lengthBytes = 9 }], 1002),
        ] as [([WebSocketFrame], UInt16)])
    func hostile(frames: [WebSocketFrame], code: UInt16) async throws {
        try await withWebSocketServer { server in
            let client = try await server.connect()
            let other = try await server.connect("/ws?user=bob")
            try await client.connection.send(frames.flatMap(\.bytes) + WebSocketFrame.text("never heard").bytes)
            #expect(try await client.text() == "welcome alice")
            let frame = try await client.frame()
            #expect(frame.opcode == 8 && frame.closeCode == code, "\(frame.closeReason)")
            #expect(try await client.connection.untilClosed().isEmpty)
            try await eventually(within: .seconds(30)) {
                server.guests.ends == [.byServer(.init(rawValue: code), reason: frame.closeReason)]
            }
            #expect(try await other.text() == "welcome bob")
            try await other.send("still here")
            #expect(try await other.text() == "still here")
        }
    }

    @Test("The server closes with code and reason, and the client's answer ends it")
    func closedByServer() async throws {
        try await withWebSocketServer { server in
            let client = try await server.connect()
            try await client.send("close 4001 for a reason")
            #expect(try await client.closed() == .init(code: 4001, reason: "for a reason"))
            let silent = try await server.connect()
            try await silent.send("close 1000")
            // It is not answered.
            #expect(try await silent.text() == "welcome alice")
            #expect(try await silent.frame().closeCode == 1000)
            try await eventually(within: .seconds(30)) { server.guests.ends.count == 2 }
        }
    }

    @Test("A client that goes without a word is gone at once", arguments: ["reset", "half-close", "half a frame"])
    func gone(how: String) async throws {
        try await withWebSocketServer { server in
            let client = try await server.connect()
            #expect(try await client.text() == "welcome alice")
            switch how {
            case "reset": try await client.connection.reset()
            case "half-close": try await client.connection.finishSending()
            default:
                try await client.connection.send(Array(WebSocketFrame.text("half").bytes.prefix(7)))
                try await client.connection.finishSending()
            }
            try await eventually(within: .seconds(30)) { server.guests.ends == [.lost] }
            try await eventually(within: .seconds(30)) { server.webSockets.connections.count == 0 }
        }
    }

    @Test("Who does not read: messages for others go on, and it is ended, with the code that says why if it looks")
    func slowReader() async throws {
        try await withWebSocketServer {
            ($0.maximumQueuedBytes, $0.closeTimeout) = (100_000, .seconds(60))
        } _: { server in
            let slow = try await server.connect("/ws?user=slow")
            #expect(try await slow.text() == "welcome slow")
            let quick = try await server.connect("/ws?user=quick")
            #expect(try await quick.text() == "welcome quick")
            try await slow.connection.setReading(false)
            let message = WebSocketMessage(String(repeating: "x", count: 10_000))
            var sent = 0
            while !server.guests.ends.contains(where: { $0 != .lost }) {
                WebSocketConnection.send(message, to: server.guests.connections)
                sent += 1
                try #require(sent < 10_000, "64 MB are more than any socket keeps")
                #expect(try await quick.text().count == 10_000)
            }
            #expect(server.guests.ends == [.byServer(.tooSlow, reason: "More messages wait than are kept.")])
            try await slow.connection.setReading(true)
            let end = try await slow.closed()
            #expect(end.code == 4008)
        }
    }

    @Test("A flood of messages is answered in full, in order; a flood of pings is not a flood of pongs")
    func flood() async throws {
        try await withWebSocketServer { server in
            let client = try await server.connect()
            #expect(try await client.text() == "welcome alice")
            let count = 20_000
            async let sending: Void = client.connection.send((0..<count).flatMap { WebSocketFrame.text("\($0)").bytes })
            for number in 0..<count {
                let text = try await client.text()
                guard text == "\(number)" else {
                    Issue.record("\(text) in place of \(number)")
                    return
                }
            }
            try await sending
            try await client.send("burst 3000 100")
            for _ in 0..<3000 { #expect(try await client.text().count == 100) }

            try await client.connection.send((0..<count).flatMap { _ in WebSocketFrame.ping([1]).bytes })
            try await client.send("end")
            var pongs = 0
            while true {
                let frame = try await client.frame()
                guard frame.opcode == 0xA else {
                    #expect(frame.text == "end")
                    break
                }
                pongs += 1
            }
            #expect(pongs < count / 4, "\(pongs)")
        }
    }

    @Test("A message to many reaches each once, from whatever thread, in order")
    func broadcast() async throws {
        try await withWebSocketServer { server in
            var clients: [WebSocketClient] = []
            for number in 0..<20 { clients.append(try await server.connect("/ws?user=u\(number)")) }
            for (number, client) in clients.enumerated() { #expect(try await client.text() == "welcome u\(number)") }
            for number in 0..<50 { WebSocketConnection.send(WebSocketMessage("m\(number)"), to: server.guests.connections) }
            for client in clients {
                for number in 0..<50 { #expect(try await client.text() == "m\(number)") }
            }
            #expect(Set(server.guests.connections.map(\.user)).count == 20)
        }
    }

    @Test("A client of these tests who hears nothing but pings gives up")
    func nothingButPings() async throws {
        try await withWebSocketServer {
            ($0.pingInterval, $0.silenceLimit) = (.milliseconds(50), .seconds(60))
        } _: { server in
            let connection = try await HTTPConnection.open(port: server.port, patience: .seconds(2))
            let client = try await WebSocketClient.upgrade(connection, "/ws?user=alice")
            #expect(try await client.text() == "welcome alice")
            await #expect(throws: HTTPConnectionError.self) { _ = try await client.text() }
        }
    }

    @Test("A half-open connection is noticed")
    func halfOpen() async throws {
        try await withWebSocketServer {
            ($0.pingInterval, $0.silenceLimit) = (.milliseconds(50), .milliseconds(200))
        } _: { server in
            let client = try await server.connect()
            #expect(try await client.text() == "welcome alice")
            // It is there, and hears, and says nothing.
            #expect(try await client.frame().opcode == 9)
            try await eventually(within: .seconds(30)) { server.guests.ends == [.silent] }
            _ = try await client.connection.untilClosed()
        }
    }
}

extension WebSocketFrame {
    func with(_ change: (inout WebSocketFrame) -> Void) -> WebSocketFrame {
        var frame = self
        change(&frame)
        return frame
    }
}
