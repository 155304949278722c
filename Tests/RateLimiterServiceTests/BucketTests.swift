import TestSupport
import Testing

/// `/v1/buckets/{policy}/{key}`: to look without taking, and to make full again.
@Suite(.service(.rateLimiter), .serialized)
struct BucketTests {
    @Test(arguments: ["token-bucket", "sliding-window", "fixed-window"])
    func `looking takes nothing and says the same as a check`(_ algorithm: String) async throws {
        let service = try RunningService.shared
        try await service.put(algorithm, #""algorithm":"\#(algorithm)","capacity":3,"refillPeriodMs":31622400000"#)
        let path = "/v1/buckets/\(algorithm)/a"
        for _ in 0..<5 {
            let unused = try await service.request("GET", path)
            let answer: CheckAnswerBody = try unused.json()
            #expect(unused.status == 200 && answer.allowed && answer.remaining == 3 && answer.resetAfterMs == 0)
            #expect(unused["RateLimit-Policy"]?.hasPrefix("\"\(algorithm)\";q=3;w=") == true)
            #expect(unused["RateLimit"] == "\"\(algorithm)\";r=3;t=0")
        }
        for _ in 0..<3 { #expect(try await service.get(algorithm, "a").status == 200) }
        for _ in 0..<5 {
            let empty = try await service.request("GET", path)
            let answer: CheckAnswerBody = try empty.json()
            // To look is not to be refused.
            #expect(empty.status == 200 && !answer.allowed && answer.remaining == 0 && answer.retryAfterMs > 0)
            #expect(answer.decidedBy == "redis")
        }
        #expect(try await service.request("GET", path + "?cost=4").status == 400)
    }

    @Test func `looking for a cost says whether that would pass`() async throws {
        let service = try RunningService.shared
        try await service.put("look", #""capacity":5,"refillTokens":1,"refillPeriodMs":3600000"#)
        #expect(try await service.get("look", "a", cost: 3).status == 200)
        for (cost, allowed) in [(1, true), (2, true), (3, false), (5, false)] {
            let answer: CheckAnswerBody = try await service.request("GET", "/v1/buckets/look/a?cost=\(cost)").json()
            #expect(answer.allowed == allowed && answer.remaining == 2, "\(cost): \(answer)")
        }
    }

    @Test(arguments: ["token-bucket", "sliding-window", "fixed-window"])
    func `a bucket that is deleted is full, also where it was refused from memory`(_ algorithm: String) async throws {
        let service = try RunningService.shared
        let policy = "reset-" + algorithm
        try await service.put(policy, #""algorithm":"\#(algorithm)","capacity":2,"refillPeriodMs":31622400000"#)
        for _ in 0..<3 {
            #expect(try await service.get(policy, "a", cost: 2).status == 200)
            try await eventually("refused from memory") {
                try await service.get(policy, "a").json(CheckAnswerBody.self).decidedBy == "memory"
            }
            let reply = try await service.request("DELETE", "/v1/buckets/\(policy)/a")
            #expect(reply.status == 204 && reply.body.isEmpty)
        }
        // Other keys stay as they are.
        #expect(try await service.get(policy, "b", cost: 2).status == 200)
        #expect(try await service.request("DELETE", "/v1/buckets/\(policy)/a").status == 204)
        #expect(try await service.get(policy, "b").status == 429)
        // One that was never used is full already.
        #expect(try await service.request("DELETE", "/v1/buckets/\(policy)/never").status == 204)
    }

    @Test func `an unknown policy is 404`() async throws {
        let service = try RunningService.shared
        for method in ["GET", "DELETE"] {
            try expectProblem(try await service.request(method, "/v1/buckets/nowhere/a"), 404, "nowhere")
        }
    }
}
