import Redis
import TestSupport
import Testing

@testable import RateLimiter

@Suite("Several checks in one call of the script", .serialized)
struct CheckAllScriptTests {
    private struct Check {
        let policy: RateLimitPolicy
        let key: String
        let cost: Int
    }

    /// The same by definition: each limit by itself, in memory.
    private struct Model {
        var limits: [String: any RateLimitModel] = [:]

        mutating func checkAll(_ checks: [Check], now: Int) -> (refused: Bool, outcomes: [RateLimitOutcome]) {
            var totals: [String: Int] = [:]
            for check in checks { totals[check.key, default: 0] += check.cost }
            func ask(_ check: Check, commit: Bool) -> RateLimitOutcome {
                var limit = limits[check.key] ?? ScriptExactnessTests.twin(of: check.policy.algorithm)
                let outcome = limit.take(totals[check.key] ?? 0, of: check.policy, now: now, commit: commit)
                limits[check.key] = limit
                return outcome
            }
            let looks = checks.map { ask($0, commit: false) }
            let refused = zip(checks, looks).contains { $1.isLimited && !$0.policy.shadow }
            if refused { return (true, looks) }
            var taken: [String: RateLimitOutcome] = [:]
            for (check, look) in zip(checks, looks) where taken[check.key] == nil {
                taken[check.key] = look.isLimited ? look : ask(check, commit: true)
            }
            return (false, zip(checks, looks).map { taken[$0.key] ?? $1 })
        }
    }

    private func call(_ checks: [Check], now: Int) -> RedisCommand {
        let arguments = checks.flatMap { check -> [any RedisArgument] in
            let policy = check.policy
            return [
                policy.algorithm.rawValue, policy.capacity, policy.refillTokens, policy.refillPeriodMicroseconds, check.cost,
                policy.shadow ? 1 : 0,
            ]
        }
        return RateLimiterScripts.checkAll.call(keys: checks.map(\.key), arguments: arguments + [now])
    }

    private func state(_ redis: RedisClient, _ keys: [String]) async throws -> [[UInt8]?] {
        try await redis.pipeline(keys.map { RedisCommand("DUMP", $0) }).map { try $0.get().decode() }
    }

    private func policies() throws -> [RateLimitPolicy] {
        try RateLimitPolicy.Algorithm.allCases.flatMap { algorithm in
            try [(5, false), (8, true)].map { capacity, shadow in
                try RateLimitPolicy(
                    name: "p", algorithm: algorithm, capacity: capacity, refillTokens: 3, refillPeriodMs: 600_000, shadow: shadow)
            }
        }
    }

    @Test("All or nothing: random calls over mixed algorithms, repeats and shadows, and scripts flushed in between")
    func randomCalls() async throws {
        var random = SeededGenerator()
        let buckets = try policies().enumerated().flatMap { number, policy in
            (0..<2).map { (policy: policy, key: "{subject}:\(number):\($0)") }
        }
        try await withRedis { _, redis in
            var model = Model()
            var now = ScriptCases.epoch
            var passed = 0
            for step in 0..<1500 {
                now += random.magnitude(upTo: 60_000_000)
                if step % 50 == 0 { _ = try await redis.send(RedisCommand("SCRIPT", "FLUSH")) }
                var checks: [Check] = []
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    guard let bucket = buckets.randomElement(using: &random) else { continue }
                    let asked = checks.filter { $0.key == bucket.key }.reduce(0) { $0 + $1.cost }
                    guard asked < bucket.policy.capacity else { continue }
                    let cost = Int.random(in: 1...min(3, bucket.policy.capacity - asked), using: &random)
                    checks.append(Check(policy: bucket.policy, key: bucket.key, cost: cost))
                }
                let expected = model.checkAll(checks, now: now)
                let before = try await state(redis, checks.map(\.key))
                guard case .array(let parts) = try await redis.send(call(checks, now: now)) else {
                    Issue.record("no array")
                    return
                }
                let place: Comment = "\(random), step \(step): \(checks)"
                try #require(parts[0] == .integer(expected.refused ? 1 : 0), place)
                try #require(parts.dropFirst().map { RateLimitOutcome(reply: $0) } == expected.outcomes, place)
                if expected.refused { try #require(try await state(redis, checks.map(\.key)) == before, place) }
                passed += expected.refused ? 0 : 1
            }
            #expect((200..<1400).contains(passed), "both must happen often to prove anything")
        }
    }

    @Test("Costs that one bucket could never give together are an error, and take nothing anywhere")
    func beyondCapacity() async throws {
        let policy = try policies()[0]
        try await withRedis { _, redis in
            let checks = ["{s}:a", "{s}:b", "{s}:b"].map { Check(policy: policy, key: $0, cost: 3) }
            await #expect(throws: RedisError.self) { _ = try await redis.send(call(checks, now: ScriptCases.epoch)) }
            let keys = try await redis.keyCount()
            #expect(keys == 0)
        }
    }

    @Test("An algorithm that is not known is an error")
    func unknownAlgorithm() async throws {
        try await withRedis { _, redis in
            let call = RateLimiterScripts.checkAll.call(keys: ["{s}:a"], "leaky-bucket", 5, 5, 1000, 1, 0)
            await #expect(throws: RedisError.self) { _ = try await redis.send(call) }
        }
    }

    @Test("With Redis' own clock all checks are of one moment")
    func oneMoment() async throws {
        let policy = try policies()[0]
        try await withRedis { _, redis in
            let checks = (0..<16).map { Check(policy: policy, key: "{s}:\($0)", cost: 5) }
            let command = RateLimiterScripts.checkAll.call(
                keys: checks.map(\.key),
                arguments: checks.flatMap { _ -> [any RedisArgument] in ["token-bucket", 5, 3, 600_000_000, 5, 0] })
            _ = try await redis.send(command)
            let values = try await redis.pipeline(checks.map { RedisCommand("GET", $0.key) }).map { try $0.get() }
            #expect(Set(values).count == 1)
        }
    }
}
