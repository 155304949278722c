import TestSupport
import Testing

/// `/metrics` is what Prometheus reads, and says what happened.
@Suite(.service(.rateLimiter), .serialized)
struct MetricsTests {
    @Test func `decisions are counted by policy, outcome and decider`() async throws {
        let service = try RunningService.shared
        try await service.put("counted", #""capacity":3,"refillTokens":1,"refillPeriodMs":3600000"#)
        try await service.put("counted-shadow", #""capacity":1,"refillPeriodMs":3600000,"shadow":true"#)
        var deciders: [String: Int] = [:]
        for _ in 0..<4 {
            #expect(try await service.get("counted", "hot").status == 200 || deciders["redis"] == 3)
            deciders["redis", default: 0] += 1
        }
        for _ in 0..<5 {
            let reply = try await service.post("counted", "hot")
            #expect(reply.status == 429)
            deciders[try reply.json(CheckAnswerBody.self).decidedBy, default: 0] += 1
        }
        _ = try await service.bucket("counted", "hot")
        #expect(try await service.post([("counted", "several", 2), ("counted", "several-b", 1)]).status == 200)
        for _ in 0..<2 { #expect(try await service.get("counted-shadow", "a").status == 200) }

        let metrics = try await service.metrics()
        func decisions(_ policy: String, _ outcome: String, _ decider: String) -> Double {
            let labels = ["policy": policy, "outcome": outcome, "decided_by": decider]
            return metrics.value("rate_limiter_decisions_total", labels) ?? 0
        }
        #expect(decisions("counted", "allowed", "redis") == 5, "three, and two at once")
        let refused = (decisions("counted", "refused", "redis"), decisions("counted", "refused", "memory"))
        #expect(refused.0 + refused.1 == 6 && Int(refused.1) == deciders["memory"] ?? 0, "\(refused) \(deciders)")
        #expect(decisions("counted-shadow", "allowed", "redis") == 1)
        #expect(decisions("counted-shadow", "shadow-refused", "redis") == 1)
    }

    @Test func `requests and Redis commands have latency histograms`() async throws {
        let service = try RunningService.shared
        let route = ["method": "POST", "route": "/v1/check", "status": "400"]
        let before = try await service.metrics()
        for _ in 0..<3 { #expect(try await service.request("POST", "/v1/check", body: "{").status == 400) }
        for _ in 0..<2 { #expect(try await service.get("default", "timed").status == 200) }
        let after = try await service.metrics()

        func increase(_ name: String, _ labels: [String: String]) -> Double {
            (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0)
        }
        #expect(increase("http_request_duration_seconds_count", route) == 3)
        #expect(increase("http_request_duration_seconds_bucket", route.merging(["le": "+Inf"]) { $1 }) == 3)
        #expect(increase("http_request_duration_seconds_sum", route) > 0)
        let command = ["command": "token_bucket"]
        #expect(increase("redis_command_duration_seconds_count", command) >= 2)
        #expect(increase("redis_command_duration_seconds_bucket", command.merging(["le": "+Inf"]) { $1 }) >= 2)
        #expect(increase("redis_command_duration_seconds_sum", command) > 0)
        for name in ["http_request_duration_seconds", "redis_command_duration_seconds"] {
            #expect(after.types[name] == "histogram")
        }
        #expect(after.types["rate_limiter_decisions_total"] == "counter")
    }

    @Test func `what a stranger asks for makes no new series`() async throws {
        let service = try RunningService.shared
        func ask() async throws {
            for path in ["/stranger-1", "/stranger-2", "/v1/check/stranger/a", "/v1/policies/stranger"] {
                #expect(try await service.request("GET", path).status == 404)
            }
        }
        try await ask()
        let text = try await service.request("GET", "/metrics").text
        #expect(!text.contains("stranger"))
    }
}
