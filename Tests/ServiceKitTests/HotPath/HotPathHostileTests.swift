import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: clients that mean no good, on a socket")
struct HotPathHostileTests {
    @Test(
        "A head of 1 MB is refused, wherever its length lies",
        arguments: [
            "GET /hot/*", "GET /hot/a HTTP/1.1\r\nHost: h\r\nX: *", "GET /hot/a HTTP/1.1\r\nHost: h\r\n* : b",
            "GET /hot/a HTTP/1.1\r\nHost: *",
            "GET /hot/a HTTP/1.1\r\nHost: h\r\n#", "* /hot/a HTTP/1.1\r\n", "GET * HTTP/1.1\r\n",
        ])
    func hugeHead(head: String) async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            let connection = try await HTTPConnection.open(port: port)
            let start = head.prefix { $0 != "*" && $0 != "#" }
            let filling =
                head.contains("#") ? String(repeating: "A: b\r\n", count: 175_000) : String(repeating: "x", count: 1 << 20)
            // It may close before it has read all.
            try? await connection.send(start + filling + head.dropFirst(start.count + 1))
            if let reply = try? await connection.reply() { #expect((400..<500).contains(reply.status)) }
            _ = try await connection.untilClosed()
            #expect(try await desks.asked == 0)

            let other = try await HTTPConnection.open(port: port)
            #expect(try await other.request("GET", "/hot/a").text == "a")
        }
    }

    @Test("Random bytes, and requests with random bytes in them, are answered or closed, and others are served")
    func garbage() async throws {
        var random = SeededGenerator()
        let desks = Desks(answerSoon: true)
        try await withServer(hotPath: desks.hotPath()) { port in
            for _ in 0..<60 {
                let connection = try await HTTPConnection.open(port: port)
                var stream: [UInt8] = []
                for _ in 0..<Int.random(in: 0...4, using: &random) { stream += GeneratedRequest.plain(&random).bytes }
                for _ in 0..<Int.random(in: 0...4, using: &random) where !stream.isEmpty {
                    stream[Int.random(in: stream.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                stream += random.bytes(1...400)
                do {
                    for piece in random.cut(stream) { try await connection.send(piece) }
                    if Bool.random(using: &random) { try await connection.reset() } else { try await connection.finishSending() }
                } catch {
                    // It has closed already.
                }
                _ = try? await connection.untilClosed()
            }
            let other = try await HTTPConnection.open(port: port)
            #expect(try await other.request("GET", "/hot/x").text == "x", "\(random)")
        }
    }

    @Test("A client that asks for answers and takes none is soon not read from; it gets all when it takes them")
    func doesNotListen() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            let connection = try await HTTPConnection.open(port: port, patience: .seconds(90))
            try await connection.setReading(false)
            // 32 MB of answers, many times what the system buffers.
            let count = 8000
            let paths = (0..<count).map { String(repeating: "x", count: 4000) + "\($0)" }
            let stream = paths.map(hot).joined()
            async let sending: Void = connection.send(stream)
            try await rests { try await desks.asked }
            let asked = try await desks.asked
            #expect(asked > 0 && asked < count / 2, "\(asked) of \(count) requests were answered into nothing")

            try await connection.setReading(true)
            try await sending
            try await connection.finishSending()
            let all = try await connection.untilClosed()
            #expect(String(decoding: all, as: UTF8.self) == paths.map(Desk.answer(to:)).joined())
        }
    }

    @Test("A client that ends its sending and then takes its time gets every answer whole, however many the system had not taken")
    func endsAndReadsLate() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            // Around what the system buffers on a loopback connection, in steps of less than what is written at once.
            for count in stride(from: 960, to: 1200, by: 15) {
                let connection = try await HTTPConnection.open(port: port, patience: .seconds(90))
                try await connection.setReceiveBuffer(16 << 10)
                try await connection.setReading(false)
                let paths = (0..<count).map { String(repeating: "x", count: 4000) + "\($0)" }
                let before = try await desks.asked
                async let sending: Void = connection.send(paths.map(hot).joined())
                try await rests(beyond: before) { try await desks.asked }
                let isTaken = try await desks.asked == before + count
                if isTaken {
                    try await sending
                    try await connection.finishSending()
                }
                try await connection.setReading(true)
                if !isTaken {
                    try await sending
                    try await connection.finishSending()
                }
                let all = try await connection.untilClosed()
                let answers = paths.map(Desk.answer(to:)).joined().utf8
                let isWhole = all.elementsEqual(answers)
                #expect(isWhole, "\(all.count) of \(answers.count) bytes")
            }
        }
    }

    @Test("A client may be 256 requests ahead of its answers, and no more are taken from it")
    func farAhead() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            let connection = try await HTTPConnection.open(port: port)
            let paths = (0..<5000).map { "later/\($0)" }
            try await connection.send(paths.map(hot).joined())
            try await connection.finishSending()
            try await rests { try await desks.asked }
            #expect(try await desks.asked == 256)
            try await eventually(within: .seconds(30)) {
                _ = try await desks.each { $0.releaseAll() }
                return try await desks.asked == paths.count
            }
            _ = try await desks.each { $0.releaseAll() }
            #expect(String(decoding: try await connection.untilClosed(), as: UTF8.self) == paths.map(Desk.answer(to:)).joined())
        }
    }

    /// Waits until a count has begun and has not changed for 20 readings.
    private func rests(beyond start: Int = 0, _ count: () async throws -> Int) async throws {
        var (last, readings) = (0, 0)
        try await eventually("the count rests", within: .seconds(30)) {
            let now = try await count()
            readings = now == last && now > start ? readings + 1 : 0
            last = now
            return readings == 20
        }
    }
}
