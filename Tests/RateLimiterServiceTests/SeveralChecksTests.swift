import TestSupport
import Testing

/// Several checks in one call: all or nothing.
@Suite(.service(.rateLimiter), .serialized)
struct SeveralChecksTests {
    @Test func `all pass, in the order asked, each with its own answer`() async throws {
        let service = try RunningService.shared
        try await service.put("per-user", #""capacity":10,"refillPeriodMs":3600000"#)
        try await service.put("per-address", #""algorithm":"sliding-window","capacity":20,"refillPeriodMs":60000"#)
        try await service.put("per-day", #""algorithm":"fixed-window","capacity":30,"refillPeriodMs":31622400000"#)
        let reply = try await service.post([
            ("per-day", "order", 3), ("per-user", "order", nil), ("per-address", "192.0.2.1", 2), ("per-user", "order-b", 4),
        ])
        #expect(reply.status == 200)
        #expect(reply["Content-Type"] == "application/json")
        let verdict: VerdictBody = try reply.json()
        #expect(verdict.allowed && verdict.results.allSatisfy { $0.allowed && $0.decidedBy == "redis" })
        #expect(verdict.results.map(\.policy) == ["per-day", "per-user", "per-address", "per-user"])
        #expect(verdict.results.map(\.limit) == [30, 10, 20, 10])
        #expect(verdict.results.map(\.remaining) == [27, 9, 18, 6])
    }

    @Test func `when one is refused nothing is taken anywhere`() async throws {
        let service = try RunningService.shared
        try await service.put("wide", #""capacity":10,"refillPeriodMs":3600000"#)
        try await service.put("narrow", #""capacity":1,"refillPeriodMs":3600000"#)
        #expect(try await service.post([("wide", "n", 1), ("narrow", "n", 1)]).status == 200)
        for _ in 0..<3 {
            let reply = try await service.post([("wide", "n", 2), ("narrow", "n", 1), ("wide", "m", 1)])
            let verdict: VerdictBody = try reply.json()
            #expect(reply.status == 429 && !verdict.allowed)
            #expect(verdict.results.map(\.allowed) == [true, false, true], "each says how it alone stands")
            #expect(verdict.results[1].retryAfterMs > 0)
        }
        #expect(try await service.bucket("wide", "n").remaining == 9)
        #expect(try await service.bucket("wide", "m").remaining == 10)
    }

    @Test(arguments: ["token-bucket", "sliding-window", "fixed-window"])
    func `the same bucket twice is asked for both costs`(_ algorithm: String) async throws {
        let service = try RunningService.shared
        let policy = "twice-" + algorithm
        try await service.put(policy, #""algorithm":"\#(algorithm)","capacity":10,"refillPeriodMs":31622400000"#)
        #expect(try await service.post([(policy, "a", 3), (policy, "a", 4)]).status == 200)
        #expect(try await service.bucket(policy, "a").remaining == 3)
        // Each alone would fit.
        #expect(try await service.post([(policy, "a", 2), (policy, "a", 2)]).status == 429)
        #expect(try await service.bucket(policy, "a").remaining == 3)
        #expect(try await service.post([(policy, "a", 2), (policy, "a", 1)]).status == 200)
        #expect(try await service.bucket(policy, "a").remaining == 0)
        // More than it ever holds is a mistake rather than a refusal.
        try expectProblem(try await service.post([(policy, "b", 6), (policy, "b", 5)]), 400, "cost")
        #expect(try await service.bucket(policy, "b").remaining == 10)
    }

    @Test func `1 to 16 checks are in order, 0 and 17 are not`() async throws {
        let service = try RunningService.shared
        func checks(_ count: Int) -> [(policy: String, key: String, cost: Int?)] {
            (0..<count).map { ("default", "count-\($0)", nil) }
        }
        for count in [1, 16] {
            let reply = try await service.post(checks(count))
            #expect(reply.status == 200)
            #expect(try reply.json(VerdictBody.self).results.count == count)
        }
        for count in [0, 17, 100] { try expectProblem(try await service.post(checks(count)), 400, "checks") }
        #expect(try await service.bucket("default", "count-16").remaining == 100)
    }

    @Test func `an unknown policy among them is 404, and nothing is taken`() async throws {
        let service = try RunningService.shared
        try expectProblem(
            try await service.post([("default", "unknown", 1), ("nowhere", "unknown", 1)]), 404, "checks[1]", "nowhere")
        #expect(try await service.bucket("default", "unknown").remaining == 100)
    }

    @Test func `what is wrong with one of them is told with its place, and nothing is taken`() async throws {
        let service = try RunningService.shared
        try expectProblem(
            try await service.post([("default", "wrong", 1), ("default", "wrong", 101)]), 400, "checks[1]", "cost", "100")
        try expectProblem(try await service.post([("default", "", 1), ("default", "wrong", 1)]), 400, "checks[0]", "key")
        #expect(try await service.bucket("default", "wrong").remaining == 100)
    }

    @Test func `headers speak of the tightest`() async throws {
        let service = try RunningService.shared
        try await service.put("loose", #""capacity":100,"refillPeriodMs":3600000"#)
        try await service.put("tight", #""capacity":3,"refillPeriodMs":3600000"#)
        try await service.put("slow", #""capacity":1,"refillPeriodMs":7200000"#)
        let allowed = try await service.post([("loose", "h", 1), ("tight", "h", 1), ("loose", "i", 1)])
        #expect(allowed["RateLimit-Policy"] == #""tight";q=3;w=3600"#)
        #expect(allowed["RateLimit"] == #""tight";r=2;t=1200"#)
        #expect(allowed["Retry-After"] == nil)
        // Of those refused, the one that takes longest.
        #expect(try await service.post([("slow", "h", 1), ("tight", "h", 2)]).status == 200)
        let refused = try await service.post([("tight", "h", 1), ("slow", "h", 1), ("loose", "h", 1)])
        #expect(refused.status == 429)
        #expect(refused["RateLimit-Policy"] == #""slow";q=1;w=7200"#)
        let retryAfter = try #require(refused["Retry-After"].flatMap { Int($0) })
        #expect((7100...7200).contains(retryAfter))
    }

    @Test func `a shadow policy among them refuses nothing`() async throws {
        let service = try RunningService.shared
        try await service.put("watched", #""capacity":1,"refillPeriodMs":3600000,"shadow":true"#)
        for attempt in 1...3 {
            let reply = try await service.post([("watched", "s", 1), ("default", "s", 1)])
            #expect(reply.status == 200)
            #expect(try reply.json(VerdictBody.self).results.map(\.wouldAllow) == [attempt == 1, nil])
        }
        #expect(try await service.bucket("default", "s").remaining >= 97)
        #expect(try await service.bucket("watched", "s").remaining == 0)
    }
}
