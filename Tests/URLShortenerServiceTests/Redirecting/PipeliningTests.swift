import TestSupport
import Testing

/// Many redirects on one connection, in whatever pieces the requests come.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct PipeliningTests {
    @Test func `100 at once are answered in order, known links and unknown, on the hot path and beside it`() async throws {
        let service = try RunningService.shared
        var random = SeededGenerator()
        var ids: [String] = []
        for index in 0..<40 { ids.append(try await service.shorten("https://example.org/\(index)").id) }
        for round in 0..<12 {
            // One that nobody has asked for yet.
            let fresh = try await service.shorten("https://example.org/40").id
            let connection = try await service.connect()
            var text = ""
            var expected: [(isHead: Bool, status: Int, location: String?)] = []
            for index in 0..<100 {
                let number = Int.random(in: 0...40, using: &random)
                let id = number < 40 ? ids[number] : fresh
                switch Int.random(in: 0..<(round % 3 == 0 ? 2 : 6), using: &random) {
                case 0, 1:
                    text += "GET /\(id) HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((false, 302, "https://example.org/\(number)"))
                case 2:
                    text += "HEAD /\(id) HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((true, 302, "https://example.org/\(number)"))
                case 3:
                    text += "GET /u\(round)-\(index) HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((false, 404, nil))
                case 4:
                    text += "GET /\(id) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                    expected.append((false, 302, "https://example.org/\(number)"))
                default:
                    text += "GET /v1/links/\(id) HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((false, 200, nil))
                }
            }
            // In one piece, or cut at random.
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let length = round % 4 < 2 ? rest.count : Int.random(in: 1...300, using: &random)
                try await connection.send(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            for (index, (isHead, status, location)) in expected.enumerated() {
                let reply = try await connection.reply(isToHead: isHead)
                #expect(reply.status == status && reply["Location"] == location, "\(random), round \(round), \(index): \(reply)")
            }
            #expect(try await !connection.isClosed)
        }
    }

    @Test func `a visit that comes byte by byte is answered as any other`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org/slow")
        let connection = try await service.connect()
        for _ in 0..<2 {
            for byte in "GET /\(link.id) HTTP/1.1\r\nHost: a\r\nReferer: https://example.com/\r\n\r\n".utf8 {
                try await connection.send([byte])
            }
            #expect(try await connection.reply()["Location"] == "https://example.org/slow")
        }
    }

    @Test func `who sends and does not read is not read from either, and holds nobody else up`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org/" + String(repeating: "x", count: 8000))
        let before = try #require(try await service.metrics().value("process_resident_memory_bytes"))
        let connection = try await service.connect()
        try await connection.setReceiveBuffer(32 << 10)
        try await connection.setReading(false)
        let count = 50_000
        let sending = Task { [connection] in
            try await connection.send(String(repeating: "GET /\(link.id) HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
        }
        var last = -1
        var unchanged = 0
        try await eventually("it answers no more", within: .seconds(30)) {
            let now = try await service.statistics(of: link.id).visits
            unchanged = now == last ? unchanged + 1 : 0
            last = now
            // Counting is later than answering.
            return now > 0 && unchanged == 100
        }
        #expect(last < count, "the rest was not read")
        let after = try #require(try await service.metrics().value("process_resident_memory_bytes"))
        #expect(after - before < 64e6)
        try await connection.setReading(true)
        for _ in 0..<100 { #expect(try await connection.reply().status == 302) }
        try await connection.reset()
        _ = await sending.result
    }

    @Test func `Connection close is obeyed, and who has ended his sending gets his answers`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org/")
        let visit = "GET /\(link.id) HTTP/1.1\r\nHost: a\r\n"
        let closing = try await service.connect()
        try await closing.send(visit + "Connection: close\r\n\r\n" + visit + "\r\n")
        #expect(try await closing.reply().status == 302)
        #expect(try await closing.untilClosed().isEmpty)
        for requests in [[""], ["", "", ""], ["", "TE: trailers\r\n", ""]] {
            let half = try await service.connect()
            try await half.send(requests.map { visit + $0 + "\r\n" }.joined())
            try await half.finishSending()
            for _ in requests { #expect(try await half.reply().status == 302) }
            #expect(try await half.untilClosed().isEmpty)
        }
    }
}
