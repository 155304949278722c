import EmbeddedRedis
import TestSupport
import Testing

/// One check, by body and by path.
@Suite(.service(.rateLimiter), .serialized)
struct CheckTests {
    @Test(arguments: ["GET", "POST"])
    func `so many pass as the capacity says, and the next is told to wait`(_ method: String) async throws {
        let service = try RunningService.shared
        try await service.put("login", #""capacity":5,"refillPeriodMs":3600000"#)
        let key = "user:\(method)"
        func check() async throws -> HTTPReply {
            try await method == "GET" ? service.get("login", key) : service.post("login", key)
        }
        let first = try await check()
        #expect(first.status == 200)
        #expect(first["Content-Type"] == "application/json")
        #expect(
            first.text
                == #"{"allowed":true,"policy":"login","limit":5,"remaining":4,"retryAfterMs":0,"resetAfterMs":720000,"decidedBy":"redis"}"#
        )
        for remaining in (0...3).reversed() {
            let reply = try await check()
            let answer: CheckAnswerBody = try reply.json()
            #expect(reply.status == 200 && answer.allowed && answer.decidedBy == "redis")
            #expect(answer.remaining == remaining && answer.retryAfterMs == 0)
            #expect((1...3_600_000).contains(answer.resetAfterMs))
        }
        for _ in 0..<3 {
            let reply = try await check()
            let answer: CheckAnswerBody = try reply.json()
            #expect(reply.status == 429 && reply.reason == "Too Many Requests" && !answer.allowed)
            #expect(reply["Content-Type"] == "application/json")
            #expect(answer.remaining == 0 && answer.limit == 5 && answer.policy == "login")
            #expect((700_000...720_000).contains(answer.retryAfterMs), "\(answer)")
            #expect((3_580_000...3_600_000).contains(answer.resetAfterMs), "\(answer)")
            #expect(["redis", "memory"].contains(answer.decidedBy))
            #expect(answer.shadow == nil && answer.wouldAllow == nil)
        }
        // Other keys have a limit of their own.
        #expect(try await service.get("login", "someone-else-\(method)").status == 200)
    }

    @Test func `a refused key is refused from memory, and a smaller cost still passes`() async throws {
        let service = try RunningService.shared
        try await service.put("remembered", #""capacity":3,"refillPeriodMs":3600000"#)
        #expect(try await service.get("remembered", "a", cost: 2).status == 200)
        try await eventually("two more are refused from memory") {
            try await service.get("remembered", "a", cost: 2).json(CheckAnswerBody.self).decidedBy == "memory"
        }
        #expect(try await service.get("remembered", "a", cost: 3).json(CheckAnswerBody.self).decidedBy == "memory")
        let one: CheckAnswerBody = try await service.get("remembered", "a", cost: 1).json()
        #expect(one.allowed && one.decidedBy == "redis" && one.remaining == 0)
    }

    @Test(arguments: ["token-bucket", "sliding-window", "fixed-window"])
    func `every algorithm admits its capacity and no more, with whatever costs`(_ algorithm: String) async throws {
        let service = try RunningService.shared
        try await service.put(algorithm, #""algorithm":"\#(algorithm)","capacity":10,"refillPeriodMs":31622400000"#)
        var taken = 0
        for cost in [4, 3, 4, 2, 2, 1, 1, 1] {
            let reply = try await service.post(algorithm, "a", cost: cost)
            let fits = taken + cost <= 10
            #expect(reply.status == (fits ? 200 : 429), "\(cost) after \(taken): \(reply)")
            if fits { taken += cost }
            #expect(try reply.json(CheckAnswerBody.self).remaining == 10 - taken)
        }
        #expect(taken == 10)
    }

    @Test func `costs from 1 to the capacity are in order, others name the field`() async throws {
        let service = try RunningService.shared
        try await service.put("costs", #""capacity":10,"refillPeriodMs":3600000"#)
        #expect(try await service.get("costs", "all", cost: 10).status == 200)
        #expect(try await service.post("costs", "all-by-body", cost: 10).status == 200)
        for cost in ["0", "11", "-1", "1.5", "one", "", "%31", "+1", "1e1", "99999999999999999999"] {
            try expectProblem(try await service.request("GET", "/v1/check/costs/a?cost=\(cost)"), 400, "cost")
        }
        for cost in [0, 11, -1, Int.max, Int.min] {
            try expectProblem(try await service.post("costs", "a", cost: cost), 400, "cost")
        }
        // None of these took anything.
        #expect(try await service.bucket("costs", "a").remaining == 10)
        // What is not `cost` is passed over; the first `cost` counts.
        #expect(try await service.request("GET", "/v1/check/costs/a?x=1&cost=2&y&cost=3").status == 200)
        #expect(try await service.bucket("costs", "a").remaining == 8)
    }

    @Test func `HEAD answers as GET does, without the body, and takes as well`() async throws {
        let service = try RunningService.shared
        try await service.put("head", #""capacity":2,"refillPeriodMs":3600000"#)
        let connection = try await service.connect()
        for (status, remaining) in [(200, 1), (200, 0), (429, 0)] {
            let reply = try await connection.request("HEAD", "/v1/check/head/a")
            #expect(reply.status == status && reply.body.isEmpty)
            #expect(reply["RateLimit"]?.hasPrefix("\"head\";r=\(remaining);t=") == true, "\(reply)")
            #expect((reply["Retry-After"] != nil) == (status == 429))
            #expect(Int(reply["Content-Length"] ?? "").map { $0 > 100 } == true)
        }
        #expect(try await connection.request("GET", "/v1/check/head/a").status == 429)
    }

    @Test(arguments: ["GET", "POST"])
    func `a shadow policy counts and says what it would do, and lets pass`(_ method: String) async throws {
        let service = try RunningService.shared
        try await service.put("shadow", #""capacity":1,"refillPeriodMs":3600000,"shadow":true"#)
        for attempt in 0..<4 {
            let reply = try await method == "GET" ? service.get("shadow", "g") : service.post("shadow", "p")
            let answer: CheckAnswerBody = try reply.json()
            #expect(reply.status == 200 && answer.allowed)
            #expect(answer.shadow == true && answer.wouldAllow == (attempt == 0), "\(answer)")
            #expect(reply["Retry-After"] == nil)
            #expect(reply["RateLimit"]?.hasPrefix("\"shadow\";r=0;t=") == true, "\(reply)")
            #expect((answer.retryAfterMs > 0) == (attempt > 0))
        }
        let refused = try await service.post([("shadow", "g", 1)])
        #expect(refused.status == 200)
        #expect(try refused.json(VerdictBody.self).results.map(\.wouldAllow) == [false])
    }

    @Test(arguments: [
        ("allow", 200, "failure-rule"), ("deny", 429, "failure-rule"), ("local", 200, "local"),
    ])
    func `without Redis the policy's own rule decides`(_ rule: String, _ status: Int, _ decider: String) async throws {
        try await withRedis { server, _ in
            try await withService(.rateLimiter, ["--redis", server.url]) { service in
                try await service.put("rule", #""capacity":2,"refillPeriodMs":3600000,"onRedisFailure":"\#(rule)""#)
                #expect(try await service.get("rule", "warm-up").json(CheckAnswerBody.self).decidedBy == "redis")
                await server.stop()
                for reply in [try await service.get("rule", "a"), try await service.post("rule", "a")] {
                    let answer: CheckAnswerBody = try reply.json()
                    #expect(reply.status == status && answer.allowed == (status == 200), "\(reply)")
                    #expect(answer.decidedBy == decider)
                }
                let third = try await service.post([("rule", "a", 1), ("rule", "b", 1)])
                // Its own share is the whole capacity, for it is alone: two have passed, the third does not.
                #expect(third.status == (rule == "allow" ? 200 : 429))
                #expect(try third.json(VerdictBody.self).results.allSatisfy { $0.decidedBy == decider })
            }
        }
    }
}
