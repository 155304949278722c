import TestSupport
import Testing

/// Who breaks the protocol beneath is closed, with the code that says why; nobody else notices.
@Suite(.service(.chat), .serialized)
struct HostileClientTests {
    private static func changed(_ change: (inout WebSocketFrame) -> Void) -> WebSocketFrame {
        var frame = WebSocketFrame.text(#"{"type":"watch","users":["a"]}"#)
        change(&frame)
        return frame
    }

    @Test(
        arguments: [
            ([changed { $0.mask = nil }], 1002), ([changed { $0.reserved = 4 }], 1002), ([changed { $0.reserved = 1 }], 1002),
            ([WebSocketFrame(0x3)], 1002), ([WebSocketFrame(0xB)], 1002), ([.continuation([0x7B])], 1002),
            ([.text("{").unfinished, .text("}")], 1002), ([.ping(Array(repeating: 0, count: 126))], 1002),
            ([.binary([1])], 1003), ([.binary(Array("{}".utf8)).unfinished], 1003),
            ([WebSocketFrame(0x1, [0x7B, 0xFF])], 1007), ([WebSocketFrame(0x1, [0xED, 0xA0, 0x80])], 1007),
            ([.text(String(repeating: " ", count: 1 << 20))], 1009), ([changed { $0.claimedLength = 1 << 40 }], 1009),
            (
                [.text("").unfinished]
                    + [WebSocketFrame](repeating: .continuation(Array(repeating: 32, count: 30_000)).unfinished, count: 30), 1009
            ),
        ] as [([WebSocketFrame], UInt16)])
    func `broken frames`(_ frames: [WebSocketFrame], _ code: UInt16) async throws {
        let service = try RunningService.shared
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        let evil = try await ChatClient.join(service, as: fresh("evil"))
        // It is closed in the middle of it, perhaps.
        try? await evil.socket.connection.send(frames.flatMap(\.bytes))
        #expect(try await evil.socket.closed().code == code)
        #expect(try await bob.send("still here", to: .user(bob.user)).seq == 1)
    }

    @Test func `fragments, pings and slowness are nothing bad`() async throws {
        let ann = try await ChatClient.join(try .shared, as: fresh("ann"))
        let text = Array(try ClientFrame.send("a", "in parts \u{1F600}", to: .user(ann.user)).json.utf8)
        // Between the bytes of a character, too.
        var frames = text.map { WebSocketFrame.continuation([$0]).unfinished }
        frames[0].opcode = 1
        frames[frames.count - 1].isFinal = true
        try await ann.socket.connection.send(frames.flatMap { $0.bytes + WebSocketFrame.ping([1]).bytes })
        #expect(try await ann.next("sent").seq == 1)
        for byte in WebSocketFrame.text(try ClientFrame.send("b", "slowly", to: .user(ann.user)).json).bytes {
            try await ann.socket.connection.send([byte])
        }
        #expect(try await ann.next("sent").seq == 2)
        #expect(try await ann.socket.close(1000).code == 1000)
    }

    @Test(arguments: [[], [("Upgrade", "h2c"), ("Connection", "Upgrade")]])
    func `a request that is no WebSocket is told to be one`(_ headers: [(String, String)]) async throws {
        try expectProblem(try await RunningService.shared.request("GET", "/v1/ws?user=ann", headers: headers), 426)
    }

    @Test func `a flood is answered message by message, as far as it is allowed, and others are served meanwhile`() async throws {
        let service = try RunningService.shared
        let evil = try await ChatClient.join(service, as: fresh("evil"))
        let victim = fresh("victim")
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        let count = 3_000
        let start = ContinuousClock.now
        let flood = Task {
            for begin in stride(from: 0, to: count, by: 100) {
                try await evil.tell((begin..<begin + 100).map { .send("\($0)", "flood", to: .user(victim)) })
            }
        }
        let others = Task {
            for number in 1...10 {
                let sent = try await bob.send("calm", to: .user(bob.user))
                #expect(sent.seq == number)
            }
        }
        var sent: [Int] = []
        for number in 0..<count {
            let answer = try await evil.next { $0.type == "sent" || $0.type == "error" }
            #expect(answer.id == "\(number)")
            if let seq = answer.seq { sent.append(seq) } else { #expect(answer.code == "rate-limited", "\(answer)") }
        }
        try await flood.value
        try await others.value
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(sent == Array(1..<sent.count + 1) && (20...Int(21 + seconds * 10)).contains(sent.count))
        #expect(try await service.conversations(of: victim).map(\.lastSeq) == [sent.count])
    }

    @Test func `who sends and never reads is not waited for`() async throws {
        let service = try RunningService.shared
        let deaf = try await ChatClient.join(service, as: fresh("deaf"), receiveBuffer: 4096, patience: .seconds(60))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        try await deaf.socket.connection.setReading(false)
        let flood = Task {
            // Each is answered with an error that is longer than itself.
            let frames = Array([[UInt8]](repeating: WebSocketFrame.text("x").bytes, count: 10_000).joined())
            for _ in 0..<100 {
                do { try await deaf.socket.connection.send(frames) } catch { return }
            }
        }
        for number in 1...20 { #expect(try await bob.send("calm", to: .user(bob.user)).seq == number) }
        flood.cancel()
        try await deaf.socket.connection.reset()
        _ = await flood.result
        #expect(try await service.isReady())
    }
}
