import EmbeddedRedis
import Redis
import TestSupport
import Testing

@testable import RateLimiter

@Suite("Redis fails: each policy's own rule decides, in time", .serialized)
struct RedisFailureTests {
    private static let day = 24 * 3_600_000
    private static let patience = Duration.milliseconds(100)
    /// One check's deadline and the delays of a busy machine.
    private static let inTime = Duration.seconds(5)

    private func policies() throws -> [RateLimitPolicy] {
        try RateLimitPolicy.FailureRule.allCases.map { rule in
            try RateLimitPolicy(
                name: rule.rawValue, capacity: 30, refillTokens: 1, refillPeriodMs: Self.day, onRedisFailure: rule)
        } + [
            try RateLimitPolicy(
                name: "dark", capacity: 30, refillTokens: 1, refillPeriodMs: Self.day, onRedisFailure: .deny, shadow: true)
        ]
    }

    private func timed(_ limiter: RateLimiter, _ check: RateLimitCheck) async throws -> RateLimitDecision {
        let start = ContinuousClock.now
        let decision = try await limiter.check(check)
        #expect(ContinuousClock.now - start < Self.inTime)
        return decision
    }

    /// Every rule on every instance, and what callers are told.
    private func expectRules(_ fleet: Fleet) async throws {
        for limiter in fleet.limiters {
            let allow = try await timed(limiter, RateLimitCheck(policy: "allow", key: "a", cost: 30))
            #expect(allow.allowed && allow.decidedBy == .failureRule)
            let deny = try await timed(limiter, RateLimitCheck(policy: "deny", key: "a"))
            #expect(!deny.allowed && deny.decidedBy == .failureRule && deny.retryAfterMicroseconds == 1_000_000)
            let dark = try await timed(limiter, RateLimitCheck(policy: "dark", key: "a"))
            #expect(dark.allowed && !dark.isWithinLimit && dark.decidedBy == .failureRule)
            let peek = try await limiter.peek(RateLimitCheck(policy: "local", key: "a"))
            #expect(peek.remaining == 10 && peek.decidedBy == .local)
            let tooMuch = try await timed(limiter, RateLimitCheck(policy: "local", key: "a", cost: 11))
            #expect(!tooMuch.allowed && tooMuch.retryAfterMicroseconds == 1_000_000, "more than the share ever holds")

            // Several at once: all or nothing here too, and the same bucket counts both.
            let local = RateLimitCheck(policy: "local", key: "a", cost: 6)
            let refused = try await limiter.check([local, local])
            #expect(!refused.allowed)
            let denied = try await limiter.check([local, RateLimitCheck(policy: "deny", key: "a")])
            #expect(!denied.allowed && denied.decisions.map(\.decidedBy) == [.local, .failureRule])
            let passed = try await limiter.check([
                RateLimitCheck(policy: "local", key: "b", cost: 4), RateLimitCheck(policy: "local", key: "b", cost: 4),
                RateLimitCheck(policy: "dark", key: "b"), RateLimitCheck(policy: "allow", key: "b"),
            ])
            #expect(passed.allowed && passed.decisions.map(\.remaining) == [2, 2, 0, 29])
            #expect(try await limiter.peek(RateLimitCheck(policy: "local", key: "a")).remaining == 10, "nothing was taken")
            #expect(try await limiter.peek(RateLimitCheck(policy: "local", key: "b")).remaining == 2)
        }
    }

    private func recover(_ fleet: Fleet, key: String) async throws {
        for limiter in fleet.limiters {
            for policy in ["allow", "deny", "local"] {
                try await eventually("Redis decides again", within: .seconds(10)) {
                    try await limiter.check(RateLimitCheck(policy: policy, key: key)).decidedBy == .redis
                }
            }
            try await eventually("ready again", within: .seconds(10)) {
                try await limiter.probe()
                return true
            }
        }
    }

    /// 64 callers of one limit through all instances.
    private func flood(_ fleet: Fleet, _ policy: String, key: String, rounds: Int) async throws -> Tally {
        let tally = Tally()
        try await withThrowingTaskGroup { group in
            for caller in 0..<64 {
                group.addTask {
                    for round in 0..<rounds {
                        let decision = try await fleet[(caller + round) % 3].check(RateLimitCheck(policy: policy, key: key))
                        await tally.record(decision)
                    }
                }
            }
            try await group.waitForAll()
        }
        return tally
    }

    @Test("Killed: the rules decide, instances share what is left to memory, and all is well after the restart")
    func killed() async throws {
        try await withFleet(policies: policies(), patience: Self.patience) { fleet in
            await fleet.server.kill()
            try await expectRules(fleet)
            let tally = try await flood(fleet, "local", key: "flood", rounds: 10)
            #expect(await tally.admitted(by: .local) == 30, "a third for each of three")
            #expect(await tally.admitted(by: .redis) == 0)
            for limiter in fleet.limiters {
                await #expect(throws: RateLimiterError.self) { try await limiter.probe() }
                await #expect(throws: RateLimiterError.self) { try await limiter.reset(policy: "local", key: "flood") }
            }
            try await fleet.server.restart()
            try await recover(fleet, key: "after")
        }
    }

    @Test("Paused: it is noticed within the deadline, and all is well when it goes on")
    func paused() async throws {
        try await withFleet(policies: policies(), patience: Self.patience) { fleet in
            fleet.server.pause()
            try await expectRules(fleet)
            let tally = try await flood(fleet, "local", key: "flood", rounds: 10)
            #expect(await tally.admitted(by: .local) == 30)
            fleet.server.resume()
            try await recover(fleet, key: "after")
        }
    }

    @Test("Killed and restarted under load: Redis has consumed all that was admitted by its word")
    func underLoad() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 1 << 20, refillTokens: 1 << 14, refillPeriodMs: 366 * Self.day)
        try await withFleet(policies: [policy], patience: Self.patience, durability: .always) { fleet in
            let tally = Tally()
            try await whileRunning(tasks: 64) { caller in
                await tally.record(try await fleet[caller % 3].check(RateLimitCheck(policy: "p", key: "all")))
                // Those that memory or a rule decides would leave no time for others.
                await Task.yield()
            } _: {
                for fault in 0..<4 {
                    let before = await tally.admitted(by: .redis)
                    try await eventually("admitted by Redis", within: .seconds(20)) {
                        await tally.admitted(by: .redis) > before + 200
                    }
                    switch fault {
                    case 0, 2:
                        await fleet.server.kill()
                        try await eventually("admitted without Redis") { await tally.admitted(by: .local) > 0 }
                        try await fleet.server.restart()
                        try await fleet.redis.reconnects()
                    case 1: _ = try await fleet.redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
                    default: _ = try await fleet.redis.send(RedisCommand("SCRIPT", "FLUSH"))
                    }
                }
            }
            let admitted = await tally.admitted(by: .redis)
            let consumed = try await fleet.consumed(of: policy, key: "all")
            #expect(admitted <= consumed)
            #expect(admitted > 800)
            #expect(await tally.decisions.allSatisfy { $0.decidedBy == .redis || $0.decidedBy == .local })
        }
    }

    @Test("Connections cut and scripts flushed again and again: limits hold, and nothing is forgotten")
    func cutConnections() async throws {
        let policy = try RateLimitPolicy(
            name: "p", algorithm: .slidingWindow, capacity: 900, refillPeriodMs: Self.day, onRedisFailure: .deny)
        try await withFleet(policies: [policy], patience: .seconds(5)) { fleet in
            let tally = Tally()
            try await whileRunning { _ in
                _ = try await fleet.redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
                _ = try await fleet.redis.send(RedisCommand("SCRIPT", "FLUSH"))
                try await Task.sleep(for: .milliseconds(20))
            } _: {
                try await withThrowingTaskGroup { group in
                    for caller in 0..<64 {
                        group.addTask {
                            while await tally.admitted(by: .redis) < 300 {
                                await tally.record(try await fleet[caller % 3].check(RateLimitCheck(policy: "p", key: "all")))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let admitted = await tally.admitted(by: .redis)
            let consumed = try await fleet.consumed(of: policy, key: "all")
            #expect(admitted <= consumed)
            #expect(consumed <= 900)
        }
    }

    @Test("A Redis that answers with errors is one that does not decide")
    func errorReplies() async throws {
        try await withFleet(of: 1, policies: policies()) { fleet in
            let policy = try fleet[0].policy(named: "deny")
            let key = RateLimiterKeys.bucket(of: policy, key: "k")
            _ = try await fleet.redis.send(RedisCommand("HSET", key, "not", "a bucket"))
            let decision = try await fleet[0].check(RateLimitCheck(policy: "deny", key: "k"))
            #expect(!decision.allowed && decision.decidedBy == .failureRule)
            try await fleet[0].reset(policy: "deny", key: "k")
            try await eventually { try await fleet[0].check(RateLimitCheck(policy: "deny", key: "k")).decidedBy == .redis }
        }
    }
}
