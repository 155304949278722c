import TestSupport
import Testing

/// The hot path and the router's route answer the same, byte for byte in what matters.
@Suite(.service(.rateLimiter, "--threads", "1"), .serialized)
struct SameAnswerTests {
    /// Each is sent as it is, and with a header that makes it the router's; each way has buckets of its own.
    struct Generated: CustomStringConvertible {
        let method: String
        let policy: String
        let key: String
        let query: String

        func text(_ way: Way) -> String {
            "\(method) /v1/check/\(policy)/\(way == .plain ? "p" : "r")\(key)\(query) HTTP/1.1\r\nHost: a\r\n"
                + (way == .routed ? "Connection: close\r\n\r\n" : "\r\n")
        }
        var description: String { "\(method) \(policy) \(key) \(query)" }
    }

    enum Way { case plain, routed }

    /// What no refill within the test changes, neither in value nor in the number of digits of its times.
    static let policies = [
        ("one", #""capacity":1,"refillPeriodMs":7200000"#),
        ("five.of_them-", #""capacity":5,"refillPeriodMs":7200000"#),
        ("window", #""algorithm":"sliding-window","capacity":4,"refillPeriodMs":7200000"#),
        ("clock", #""algorithm":"fixed-window","capacity":3,"refillPeriodMs":31622400000"#),
        ("shadow", #""capacity":2,"refillPeriodMs":7200000,"shadow":true"#),
        ("shadow-window", #""algorithm":"sliding-window","capacity":1,"refillPeriodMs":7200000,"shadow":true"#),
    ]

    static func generate(_ random: inout SeededGenerator) -> Generated {
        let names = policies.map(\.0)
        let policy = random.pick(names + names + ["none", "o%6ee", "%6Fne", "one%20", "%zz", "%FF", ".", "*"])
        let keys = [
            "a", "b", "a+b", "a%20b", "caf%C3%A9", "%2F", "%2f", "~!$&'()*,;=-_.@", "[]", "%7B%7D", "%00", "%0A", "%25", "k=v",
            "\"<>^`{|}\\", String(repeating: "k", count: 511), String(repeating: "%41", count: 511),
        ]
        let badKeys = ["/x", "x/", "//", "%", "%4", "%GG", "%FF", "%C3%28", String(repeating: "k", count: 512), "#f", "\u{E9}"]
        let queries = ["", "", "", "", "?cost=1", "?cost=2", "?cost=3", "?", "?&", "?x", "?x=1&cost=2", "?cost=1&cost=5", "?a?b"]
        let oddQueries = [
            "?cost=0", "?cost=6", "?cost=", "?cost", "?cost=-1", "?cost=+1", "?cost=01", "?cost=1.0", "?cost=one", "?COST=2",
            "?c%6Fst=2", "?cost=%32", "?cost=999999999", "?cost=9999999999", "?cost=1&", "?cost=1;cost=2", "?xcost=2", "?cost =2",
            "?cost=2#f",
        ]
        let isOdd = Int.random(in: 0..<4, using: &random)
        return Generated(
            method: random.pick(["GET", "GET", "GET", "HEAD"]), policy: policy,
            key: isOdd == 0 ? random.pick(badKeys) : random.pick(keys),
            query: isOdd == 1 ? random.pick(oddQueries) : random.pick(queries))
    }

    @Test func `generated requests`() async throws {
        let service = try RunningService.shared
        for (name, fields) in Self.policies { try await service.put(name, fields) }
        var random = SeededGenerator()
        var statuses: [Int: Int] = [:]
        for _ in 0..<500 {
            let request = Self.generate(&random)
            let plain = try await answer(to: request, .plain, service)
            let routed = try await answer(to: request, .routed, service)
            #expect(plain == routed, "\(random): \(request)")
            statuses[plain.status, default: 0] += 1
        }
        for status in [200, 400, 404, 429] { #expect(statuses[status, default: 0] > 10, "\(random): \(statuses)") }
    }

    @Test func `the plain ones were the hot path's, the others the router's`() async throws {
        let service = try RunningService.shared
        try await service.put("counted", #""capacity":2,"refillPeriodMs":7200000"#)
        let before = try await routedChecks(service)
        for way in [Way.plain, .routed] {
            for method in ["GET", "HEAD"] {
                let request = Generated(method: method, policy: "counted", key: "a", query: "?cost=1")
                _ = try await answer(to: request, way, service)
            }
        }
        #expect(try await routedChecks(service) - before == 2)
    }

    @Test(arguments: [
        "Connection: close", "Connection: keep-alive, close", "connection: Close", "Content-Length: 0", "Expect: 100-continue",
        "TE: trailers", "Upgrade: h2c\r\nConnection: upgrade", "Proxy-Connection: keep-alive", "HTTP2-Settings: AAMAAABk",
        "Transfer-Encoding: chunked", "Trailer: x",
    ])
    func `every header that changes the connection or the framing`(_ header: String) async throws {
        let service = try RunningService.shared
        let policy = "header-\(abs(header.hashValue))"
        try await service.put(policy, #""capacity":3,"refillPeriodMs":7200000"#)
        for attempt in 1...4 {
            var answers: [Answer] = []
            for way in ["p", "r"] {
                let connection = try await service.connect()
                let added = way == "r" ? header + "\r\n" : ""
                let body = way == "r" && header.contains("chunked") ? "0\r\n\r\n" : ""
                try await connection.send("GET /v1/check/\(policy)/\(way) HTTP/1.1\r\nHost: a\r\n\(added)\r\n\(body)")
                var reply = try await connection.reply()
                if reply.status == 100 { reply = try await connection.reply() }
                answers.append(try Answer(reply, isToHead: false))
            }
            #expect(answers[0] == answers[1])
            #expect(answers[0].status == (attempt == 4 ? 429 : 200))
        }
    }

    /// What matters of a response. Times, which go on, are masked.
    private struct Answer: Equatable, CustomStringConvertible {
        let status: Int
        let reason: String
        let headers: [String]
        let body: String

        init(_ reply: HTTPReply, isToHead: Bool) throws {
            (status, reason) = (reply.status, reply.reason)
            headers = reply.headers.filter { !["date", "connection"].contains($0.name.lowercased()) }.map { name, value in
                let masked = value.replacing(#/;t=\d+/#) { $0.output == ";t=0" ? ";t=0" : ";t=?" }
                return "\(name): " + (name == "Retry-After" ? masked.replacing(#/[1-9]\d*/#, with: "?") : masked)
            }.sorted()
            let masked = reply.text.replacing(#/"(retryAfterMs|resetAfterMs)":[1-9]\d*/#) { "\"\($0.1)\":?" }
            // Whether Redis refused, or memory because Redis had just done so, depends on the moment.
            let isRefused = status == 429 || masked.contains(#""wouldAllow":false"#)
            body = isRefused ? masked.replacing(#/"decidedBy":"(redis|memory)"/#, with: "") : masked
            let length = try #require(reply["Content-Length"].flatMap { Int($0) }, "\(reply)")
            if isToHead { #expect(reply.body.isEmpty) } else { #expect(length == reply.body.count) }
        }

        var description: String { "\(status) \(reason) \(headers) \(body)" }
    }

    private func answer(to request: Generated, _ way: Way, _ service: RunningService) async throws -> Answer {
        let connection = try await service.connect()
        try await connection.send(request.text(way))
        let isToHead = request.method == "HEAD"
        return try Answer(try await connection.reply(isToHead: isToHead), isToHead: isToHead)
    }

    private func routedChecks(_ service: RunningService) async throws -> Double {
        try await service.metrics().sum("http_request_duration_seconds_count", ["route": "/v1/check/{policy}/{key}"])
    }
}
