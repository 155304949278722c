import Redis
import TestSupport
import Testing

@testable import RateLimiter

@Suite("What the scripts keep in Redis", .serialized)
struct ScriptStateTests {
    private static let algorithms = RateLimitPolicy.Algorithm.allCases

    private func policy(
        _ algorithm: RateLimitPolicy.Algorithm, capacity: Int = 5, refill: Int? = nil, periodMs: Int = 3_600_000
    ) throws -> RateLimitPolicy {
        try RateLimitPolicy(name: "p", algorithm: algorithm, capacity: capacity, refillTokens: refill, refillPeriodMs: periodMs)
    }

    private func dump(_ key: String, _ redis: RedisClient) async throws -> [UInt8]? {
        try await redis.send(RedisCommand("DUMP", key)).decode()
    }

    @Test("Neither a refusal nor a look writes anything", arguments: algorithms)
    func writesNothing(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        let policy = try policy(algorithm)
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            let now = ScriptCases.epoch
            var step = ScriptStep(policy: policy, cost: 1, now: now, take: false)
            #expect(try await runner.run(step, on: "bucket").remaining == 5)
            #expect(try await redis.keyCount() == 0)

            _ = try await runner.run(ScriptStep(policy: policy, cost: 4, now: now), on: "bucket")
            let written = try await dump("bucket", redis)
            step = ScriptStep(policy: policy, cost: 2, now: now + 1000)
            #expect(try await runner.run(step, on: "bucket").isLimited)
            step = ScriptStep(policy: policy, cost: 1, now: now + 2000, take: false)
            #expect(try await runner.run(step, on: "bucket").remaining == 1)
            #expect(try await dump("bucket", redis) == written)
        }
    }

    @Test("A key goes by itself once its limit is as if never used", arguments: algorithms)
    func goes(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        try await withRedis { _, redis in
            for number in 0..<200 {
                let script = RateLimiterScripts.script(of: algorithm)
                _ = try await redis.evaluate(script, keys: ["bucket:\(number)"], 5, 5, 1000, 5)
            }
            #expect(try await redis.keyCount() > 0)
            try await eventually { try await redis.keyCount() == 0 }
        }
    }

    @Test("With Redis' own clock, who waits as told passes", arguments: algorithms)
    func ownClock(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        try await withRedis { _, redis in
            let script = RateLimiterScripts.script(of: algorithm)
            func ask() async throws -> RateLimitOutcome? {
                RateLimitOutcome(reply: try await redis.evaluate(script, keys: ["bucket"], 2, 2, 300_000, 1))
            }
            var passed = 0
            while passed < 6 {
                let outcome = try #require(try await ask())
                passed += outcome.isLimited ? 0 : 1
                guard let wait = outcome.retryAfter else { continue }
                #expect((1...300_000).contains(wait))
                try await Task.sleep(for: .microseconds(wait))
                #expect(try await ask()?.isLimited == false)
                passed += 1
            }
        }
    }

    @Test("When a limit becomes slower, its key lives as long as the new promise", arguments: algorithms)
    func livesLonger(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        let fast = try policy(algorithm, periodMs: 60_000)
        let slow = try policy(algorithm, periodMs: 24 * 3_600_000)
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            let now = ScriptCases.epoch / 86_400_000_000 * 86_400_000_000
            #expect(try await !runner.run(ScriptStep(policy: fast, cost: 5, now: now), on: "bucket").isLimited)
            let ask = runner.call(ScriptStep(policy: slow, cost: 1, now: now + 1), on: "bucket")
            let replies = try await redis.transaction([ask, RedisCommand("PTTL", "bucket")])
            let refusal = try #require(RateLimitOutcome(reply: replies[0]))
            #expect(refusal.isLimited)
            let life: Int = try replies[1].decode()
            #expect(life * 1000 >= refusal.resetAfter)
        }
    }

    @Test("A clock that goes back by hours delays nobody by more than a full refill", arguments: algorithms)
    func clockGoesBack(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        let policy = try policy(algorithm, capacity: 3, periodMs: 60_000)
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            let now = ScriptCases.epoch
            _ = try await runner.run(ScriptStep(policy: policy, cost: 3, now: now), on: "bucket")
            let back = now - 7 * 3_600_000_000
            let refusal = try await runner.run(ScriptStep(policy: policy, cost: 3, now: back), on: "bucket")
            #expect(refusal.isLimited)
            let wait = try #require(refusal.retryAfter)
            #expect(wait <= policy.refillPeriodMicroseconds)
            let early = ScriptStep(policy: policy, cost: 3, now: back + wait - 1)
            #expect(try await runner.run(early, on: "bucket").isLimited)
            let exact = ScriptStep(policy: policy, cost: 3, now: back + wait)
            #expect(try await !runner.run(exact, on: "bucket").isLimited)
        }
    }

    @Test("Arguments out of range are an error, and nothing is written", arguments: algorithms)
    func invalidArguments(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        // Capacity, refill, period, cost.
        var invalid = [
            ["5", "5", "1000", "0"], ["5", "5", "1000", "6"], ["5", "5", "1000", "-1"], ["5", "5", "1000", "1.5"],
            ["5", "5", "1000", "nan"], ["5", "5", "1000", "inf"], ["5", "5", "1000", ""], ["5", "5", "1000", "x"],
            ["5.5", "5", "1000", "1"], ["nan", "5", "1000", "1"], ["0", "5", "1000", "1"],
            ["5", "5", "0", "1"], ["5", "5", "inf", "1"], ["5", "5", "0.5", "1"], ["5", "5", "1000"], [],
        ]
        if algorithm == .tokenBucket {
            invalid += [
                ["67108865", "5", "1000", "1"], ["5", "67108865", "1000", "1"], ["5", "0", "1000", "1"],
                ["5", "2.5", "1000", "1"],
                ["67108864", "1", "31622400000000", "1"],
            ]
        }
        if algorithm == .slidingWindow { invalid.append(["100001", "5", "1000", "1"]) }
        try await withRedis { _, redis in
            let script = RateLimiterScripts.script(of: algorithm)
            for arguments in invalid {
                await #expect("\(arguments)") {
                    _ = try await redis.send(script.call(keys: ["bucket"], arguments: arguments))
                } throws: { error in
                    (error as? RedisError)?.code == .errorReply && "\(error)".contains("wants capacity")
                }
            }
            let keys = try await redis.keyCount()
            #expect(keys == 0)
        }
    }

    @Test("The largest sliding window: a hundred thousand at once, one by one, and gone")
    func largestLog() async throws {
        let policy = try policy(.slidingWindow, capacity: 100_000, periodMs: 60_000)
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            let now = ScriptCases.epoch
            let all = try await runner.run(ScriptStep(policy: policy, cost: 99_999, now: now), on: "log")
            #expect(all == RateLimitOutcome(isLimited: false, remaining: 1, retryAfter: nil, resetAfter: 60_000_000))
            _ = try await runner.run(ScriptStep(policy: policy, cost: 1, now: now + 10), on: "log")
            let refused = try await runner.run(ScriptStep(policy: policy, cost: 100_000, now: now + 20), on: "log")
            #expect(refused == RateLimitOutcome(isLimited: true, remaining: 0, retryAfter: 59_999_990, resetAfter: 59_999_990))
            let later = try await runner.run(ScriptStep(policy: policy, cost: 99_999, now: now + 60_000_000), on: "log")
            #expect(later == RateLimitOutcome(isLimited: false, remaining: 0, retryAfter: nil, resetAfter: 60_000_000))
        }
    }
}
