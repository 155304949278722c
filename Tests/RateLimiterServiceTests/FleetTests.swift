import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// Three instances on one Redis are one limiter.
@Suite(.slots(3), .serialized)
struct FleetTests {
    @Test func `64 clients never get more than the capacity and what has arrived since`() async throws {
        let (capacity, rate) = (50, 100)
        try await withFleet(.rateLimiter) { _, services in
            // Whom Redis does not answer in time, on a busy machine, is refused.
            try await services[0].put(
                "steady", #""capacity":\#(capacity),"refillTokens":\#(rate),"refillPeriodMs":1000,"onRedisFailure":"deny""#)
            try await everywhere(services, "knows the policy") { try await $0.bucket("steady", "look").limit == capacity }
            let tally = try await Load.run(on: services, clients: 64, policy: "steady", key: "shared") { load in
                try await eventually("they were admitted at the rate for a while") { load.current.admitted >= 200 }
            }
            let seconds = tally.elapsed / .seconds(1)
            #expect(tally.admitted <= capacity + Int(Double(rate) * seconds), "\(tally)")
            #expect(tally.refused > 0 && tally.decided(by: "memory") > 0, "\(tally)")
        }
    }

    @Test(arguments: [
        ("token-bucket", #""refillTokens":1,"refillPeriodMs":3600000"#), ("sliding-window", #""refillPeriodMs":31622400000"#),
        ("fixed-window", #""refillPeriodMs":31622400000"#),
    ])
    func `what was admitted is what Redis says was consumed`(_ algorithm: String, _ fields: String) async throws {
        let capacity = 500
        try await withFleet(.rateLimiter) { server, services in
            try await services[1].put(
                "exact", #""algorithm":"\#(algorithm)","capacity":\#(capacity),"onRedisFailure":"deny",\#(fields)"#)
            try await everywhere(services, "knows the policy") { try await $0.bucket("exact", "look").limit == capacity }
            let tally = try await Load.run(on: services, clients: 64, policy: "exact", key: "shared") { load in
                try await eventually("nothing is left") { load.current.decided(by: "memory") > 1000 }
            }
            let consumed = try await withClient(of: server) { redis in
                let key = "rate-limiter:{shared}:exact:\(algorithm)"
                if algorithm == "sliding-window" { return try await redis.send(RedisCommand("LLEN", key)).decode() as Int }
                let numbers = (try await redis.get(key, as: String.self) ?? "").split(separator: " ").compactMap { Int($0) }
                // "missing since", and "start used".
                return try #require(algorithm == "token-bucket" ? numbers.first : numbers.last)
            }
            #expect(consumed == capacity)
            // Late answers of Redis may have taken what nobody was given.
            #expect((consumed - tally.decided(by: "failure-rule")...consumed).contains(tally.admitted), "\(tally)")
            for service in services { #expect(try await service.bucket("exact", "shared").remaining == 0) }
        }
    }

    @Test func `a change of policy is in force on every instance, also for keys that were refused`() async throws {
        try await withFleet(.rateLimiter) { _, services in
            try await services[0].put("changing", #""capacity":3,"refillPeriodMs":3600000"#)
            try await refusedFromMemoryEverywhere(services, "changing", "a")
            try await services[0].put("changing", #""capacity":1000,"refillPeriodMs":3600000"#)
            try await everywhere(services, "admits again") {
                let answer: CheckAnswerBody = try await $0.get("changing", "a").json()
                return answer.allowed && answer.limit == 1000 && answer.decidedBy == "redis"
            }
            try await services[1].put("changing", #""capacity":2,"refillPeriodMs":3600000"#)
            try await everywhere(services, "refuses again") {
                try await $0.get("changing", "a").status == 429
            }
            #expect(try await services[2].request("DELETE", "/v1/policies/changing").status == 204)
            try await everywhere(services, "does not know it") {
                try await $0.get("changing", "a").status == 404
            }
        }
    }

    @Test func `a bucket that is reset on one instance is full on every instance`() async throws {
        try await withFleet(.rateLimiter) { _, services in
            try await services[0].put("resettable", #""capacity":30,"refillPeriodMs":3600000"#)
            for service in services {
                try await refusedFromMemoryEverywhere(services, "resettable", "a")
                #expect(try await service.request("DELETE", "/v1/buckets/resettable/a").status == 204)
                try await everywhere(services, "admits again") {
                    try await $0.get("resettable", "a").status == 200
                }
            }
        }
    }

    private func refusedFromMemoryEverywhere(_ services: [RunningService], _ policy: String, _ key: String) async throws {
        try await everywhere(services, "refuses from memory") { service in
            let reply = try await service.get(policy, key)
            guard reply.status != 404 else { return false }
            return try reply.json(CheckAnswerBody.self).decidedBy == "memory"
        }
    }
}
