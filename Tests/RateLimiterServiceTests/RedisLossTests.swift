import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// Whatever happens to Redis under load: every check is answered, no answer is wrong, and all is well again without a restart.
@Suite(.slots(3), .serialized)
struct RedisLossTests {
    enum Fault: String, CaseIterable {
        case killedAndRestarted, pausedAndResumed, scriptsFlushed, clientsKilled
    }

    @Test(arguments: Fault.allCases)
    func `under load`(_ fault: Fault) async throws {
        // What is admitted must have been consumed, so nothing acknowledged may be lost.
        try await withFleet(.rateLimiter, durability: .always) { server, services in
            // Nothing comes back in an hour; without Redis nobody passes.
            let fields = #""capacity":1000000,"refillTokens":1,"refillPeriodMs":4000000,"onRedisFailure":"deny""#
            try await services[0].put("strict", fields)
            try await services[0].put("shared-out", #""capacity":30,"refillPeriodMs":3600000"#)
            try await everywhere(services, "knows the policies") { service in
                let isKnown = try await service.bucket("shared-out", "look").limit == 30
                return try await service.isReady() && isKnown
            }
            try await everywhere(services, "knows the others") {
                try await $0.metrics().value("rate_limiter_instances") == Double(services.count)
            }
            let tally = try await Load.run(on: services, clients: 12, policy: "strict", key: "loaded") { load in
                try await grows { load.current.admitted }
                try await bring(fault, upon: server, services, load)
                try await everywhere(services, "recovers") { service in
                    // A key of its own: only Redis can answer for it.
                    let key = "fresh-\(UInt64.random(in: .min ... .max))"
                    let answer: CheckAnswerBody = try await service.get("strict", key).json()
                    let isReady = try await service.isReady()
                    return answer.decidedBy == "redis" && answer.allowed && isReady
                }
                try await grows { load.current.admitted }
            }
            for service in services { #expect(service.program.ended == nil) }

            var left = 0
            try await eventually("Redis says what is left") {
                let bucket = try await services[0].bucket("strict", "loaded")
                left = bucket.remaining
                return bucket.decidedBy == "redis"
            }
            let consumed = 1_000_000 - left
            #expect(tally.admitted <= consumed, "\(tally): more was admitted than Redis knows of")
            // What Redis did and could not say any more was refused.
            #expect(consumed <= tally.admitted + tally.decided(by: "failure-rule"), "\(tally)")
            #expect(tally.answers == tally.deciders.values.reduce(0, +))
            #expect(tally.decided(by: "local") == 0)
        }
    }

    private func bring(_ fault: Fault, upon server: EmbeddedRedis, _ services: [RunningService], _ load: Load) async throws {
        switch fault {
        case .killedAndRestarted:
            await server.kill()
            try await withoutRedis(services, load)
            try await server.restart()
        case .pausedAndResumed:
            server.pause()
            try await withoutRedis(services, load)
            server.resume()
        case .scriptsFlushed:
            try await withClient(of: server) { redis in
                for _ in 0..<10 {
                    _ = try await redis.send(RedisCommand("SCRIPT", "FLUSH"))
                    try await grows(by: 20) { load.current.admitted }
                }
            }
        case .clientsKilled:
            for type in ["normal", "pubsub", "normal", "pubsub", "normal"] {
                try await withClient(of: server) { redis in
                    _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"))
                }
                try await grows { load.current.admitted }
            }
        }
    }

    /// Every instance goes on to answer, and says who decided.
    private func withoutRedis(_ services: [RunningService], _ load: Load) async throws {
        try await grows { load.current.decided(by: "failure-rule") }
        try await everywhere(services, "gives out its share, and no more") { service in
            var decisions: [Bool] = []
            let key = "share-\(UInt64.random(in: .min ... .max))"
            for _ in 0..<15 {
                let reply = try await service.get("shared-out", key)
                let answer: CheckAnswerBody = try reply.json()
                guard answer.decidedBy == "local" else { throw UnexpectedReply(reply) }
                decisions.append(answer.allowed)
            }
            // A third of 30.
            guard decisions == (0..<15).map({ $0 < 10 }) else { throw UnexpectedShare(decisions: decisions) }
            return true
        }
        try await everywhere(services, "is not ready", within: .seconds(5)) { try await !$0.isReady() }
    }

    private func grows(by amount: Int = 100, _ count: @escaping () -> Int) async throws {
        let before = count()
        try await eventually("more answers come") { count() >= before + amount }
    }
}

private struct UnexpectedShare: Error {
    let decisions: [Bool]
}
