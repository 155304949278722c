import TestSupport
import Testing

/// Many requests on one connection, in whatever pieces they come.
@Suite(.service(.rateLimiter), .serialized)
struct PipeliningTests {
    @Test func `requests of hot path and router, mixed on one connection, are answered in order`() async throws {
        let service = try RunningService.shared
        try await service.put("order", #""capacity":1000,"refillTokens":1,"refillPeriodMs":3600000"#)
        var random = SeededGenerator()
        for round in 0..<20 {
            let connection = try await service.connect()
            var text = ""
            var expected: [(isHead: Bool, check: (HTTPReply) throws -> Bool)] = []
            // Some begin hot and go over to the router in the middle, some begin at the router.
            for index in 0..<30 {
                let key = "r\(round)-\(index)"
                let remaining = 1000 - index - 1
                switch Int.random(in: 0..<(index < 10 && round % 2 == 0 ? 2 : 6), using: &random) {
                case 0:
                    text += "GET /v1/check/order/\(key)?cost=\(index + 1) HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((false, { try $0.json(CheckAnswerBody.self).remaining == remaining }))
                case 1:
                    text += "HEAD /v1/check/order/\(key)?cost=\(index + 1) HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append(
                        (true, { $0["RateLimit"]?.hasPrefix("\"order\";r=\(remaining);") == true && $0.body.isEmpty }))
                case 2:
                    let body = #"{"policy":"order","key":"\#(key)","cost":\#(index + 1)}"#
                    text += "POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    expected.append((false, { try $0.json(CheckAnswerBody.self).remaining == remaining }))
                case 3:
                    text += "GET /v1/policies/order HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((false, { try $0.json(PolicyBody.self).capacity == 1000 }))
                case 4:
                    text += "GET /v1/check/order/\(key)?cost=zero HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((false, { try $0.json(ProblemBody.self).status == 400 }))
                default:
                    text += "GET /nothing/\(key) HTTP/1.1\r\nHost: a\r\n\r\n"
                    expected.append((false, { $0.status == 404 }))
                }
            }
            // In one piece, or cut at random.
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let length = round % 4 < 2 ? rest.count : Int.random(in: 1...200, using: &random)
                try await connection.send(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            for (index, (isHead, check)) in expected.enumerated() {
                let reply = try await connection.reply(isToHead: isHead)
                #expect(try check(reply), "\(random), round \(round), \(index): \(reply)")
            }
            #expect(try await !connection.isClosed)
        }
    }

    @Test(arguments: [
        "GET /v1/check/default/slow HTTP/1.1\r\nHost: a\r\nX-Header: value\r\n\r\n",
        "HEAD /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: 33\r\n\r\n{\"policy\":\"default\",\"key\":\"slow\"}",
        "POST /v1/check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "21\r\n{\"policy\":\"default\",\"key\":\"slow\"}\r\n0\r\n\r\n",
    ])
    func `a request that comes byte by byte is answered as any other`(_ request: String) async throws {
        let connection = try await RunningService.shared.connect()
        for _ in 0..<2 {
            for byte in request.utf8 { try await connection.send([byte]) }
            #expect(try await connection.reply(isToHead: request.hasPrefix("HEAD")).status == 200)
        }
    }

    @Test(arguments: [
        ("/v1/check/unread/a", 200_000, "rate_limiter_decisions_total", ["policy": "unread"]),
        ("/", 5000, "http_request_duration_seconds_count", ["route": "/"]),
    ])
    func `who sends and does not read is not read from either, and holds nobody else up`(
        _ path: String, _ count: Int, _ counter: String, _ labels: [String: String]
    ) async throws {
        let service = try RunningService.shared
        try await service.put("unread", #""capacity":1000000,"refillTokens":1,"refillPeriodMs":4000000"#)
        func figures() async throws -> (answered: Double, memory: Double) {
            let metrics = try await service.metrics()
            return (metrics.sum(counter, labels), try #require(metrics.value("process_resident_memory_bytes")))
        }
        let before = try await figures()
        let connection = try await service.connect()
        // The system would take some megabytes before the service learns that nobody reads.
        try await connection.setReceiveBuffer(32 << 10)
        try await connection.setReading(false)
        let sending = Task { [connection] in
            try await connection.send(String(repeating: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
        }
        var last = before
        try await eventually("it answers no more", within: .seconds(30)) {
            let now = try await figures()
            defer { last = now }
            #expect(try await service.get("default", "patient").status == 200)
            return now.answered > before.answered && now.answered == last.answered
        }
        #expect(last.answered - before.answered < Double(count), "the rest was not read")
        #expect(last.memory - before.memory < 64e6, "\(before) \(last)")

        try await connection.setReading(true)
        for index in 0..<100 {
            let reply = try await connection.reply()
            #expect(reply.status == 200)
            if path != "/" { #expect(try reply.json(CheckAnswerBody.self).remaining == 999_999 - index) }
        }
        try await connection.reset()
        _ = await sending.result
    }

    @Test func `who has ended his sending gets his answers, and then the end`() async throws {
        let service = try RunningService.shared
        let hot = "GET /v1/check/default/half HTTP/1.1\r\nHost: a\r\n\r\n"
        let routed = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
        for requests in [[hot], [routed], [hot, hot, hot], [hot, routed], [routed, hot], [hot, routed, hot, routed]] {
            let connection = try await service.connect()
            try await connection.send(requests.joined())
            try await connection.finishSending()
            for request in requests { #expect(try await connection.reply().status == 200, "\(requests): \(request)") }
            #expect(try await connection.untilClosed().isEmpty)
        }
    }

    @Test func `Connection close is obeyed`() async throws {
        let service = try RunningService.shared
        for path in ["/v1/check/default/close", "/health/live", "/nothing"] {
            let connection = try await service.connect()
            // What comes behind it is not answered.
            try await connection.send(
                "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect([200, 404].contains(try await connection.reply().status))
            #expect(try await connection.untilClosed().isEmpty, "\(path)")
        }
    }
}
