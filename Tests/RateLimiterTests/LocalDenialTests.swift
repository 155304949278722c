import NIOCore
import Redis
import TestSupport
import Testing

@testable import RateLimiter

@Suite("A bucket that refused is refused from memory, and exactly as long", .serialized)
struct LocalDenialTests {
    private static let day = 24 * 3_600_000
    private let slow: RateLimitPolicy

    init() throws {
        slow = try RateLimitPolicy(name: "slow", capacity: 3, refillTokens: 3, refillPeriodMs: Self.day)
    }

    private func check(_ key: String, cost: Int = 1, of policy: String = "slow") -> RateLimitCheck {
        RateLimitCheck(policy: policy, key: key, cost: cost)
    }

    @Test("A flood of thousands costs hardly a command")
    func flood() async throws {
        try await withFleet(of: 1, policies: [slow]) { fleet in
            try await fleet.exhaust("slow", key: "k")
            // On a busy machine a heartbeat may come late, and then Redis is asked rather than guessed about.
            try await eventually("a flood without questions", within: .seconds(30)) {
                let before = try await fleet.executions(of: "evalsha")
                for _ in 0..<5000 {
                    let decision = try await fleet[0].check(check("k"))
                    #expect(!decision.allowed && decision.remaining == 0)
                }
                return try await fleet.executions(of: "evalsha") - before <= 5
            }
            #expect(try await fleet.consumed(of: slow, key: "k") == 3)
        }
    }

    @Test("A smaller cost than the refused one is asked of Redis; a greater one is not")
    func smallerCost() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 10, refillTokens: 1, refillPeriodMs: Self.day)
        try await withFleet(of: 1, policies: [policy]) { fleet in
            #expect(try await fleet[0].check(check("k", cost: 8, of: "p")).allowed)
            try await eventually {
                try await fleet[0].check(check("k", cost: 5, of: "p")).decidedBy == .memory
            }
            try await eventually {
                let greater = try await fleet[0].check(check("k", cost: 6, of: "p"))
                #expect(!greater.allowed && greater.remaining == 2)
                return greater.decidedBy == .memory
            }
            let smaller = try await fleet[0].check(check("k", cost: 2, of: "p"))
            #expect(smaller.allowed && smaller.decidedBy == .redis)
        }
    }

    @Test("Nobody is refused from memory whom Redis would have let pass", arguments: RateLimitPolicy.Algorithm.allCases)
    func exact(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        let policy = try RateLimitPolicy(name: "p", algorithm: algorithm, capacity: 4, refillTokens: 9, refillPeriodMs: 400)
        try await withFleet(of: 2, policies: [policy]) { fleet in
            let runner = try await ScriptRunner(fleet.redis)
            let name = RateLimiterKeys.bucket(of: policy, key: "k")
            var denials = 0
            var passes = 0
            try await eventually("a hundred refusals from memory", within: .seconds(60)) {
                for round in 0..<200 {
                    let before = wallClock()
                    let decision = try await fleet[round % 2].check(check("k", cost: 1 + round % 3, of: "p"))
                    passes += decision.allowed ? 1 : 0
                    guard decision.decidedBy == .memory else { continue }
                    denials += 1
                    // What Redis would have said no later than memory did, asked of a copy.
                    _ = try await fleet.redis.send(RedisCommand("COPY", name, "copy", "REPLACE"))
                    let step = ScriptStep(policy: policy, cost: 1 + round % 3, now: before, take: false)
                    let answer = try await runner.run(step, on: "copy")
                    try #require(answer.isLimited, "refused from memory, and Redis had \(answer.remaining) left")
                }
                return denials >= 100 && passes >= 10
            }
        }
    }

    @Test("Waiting as told by memory succeeds")
    func wait() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 2, refillPeriodMs: 600)
        try await withFleet(of: 1, policies: [policy]) { fleet in
            var fromMemory = 0
            while fromMemory < 5 {
                let decision = try await fleet[0].check(check("k", of: "p"))
                guard decision.decidedBy == .memory, let wait = decision.retryAfterMicroseconds else { continue }
                fromMemory += 1
                try await Task.sleep(for: .microseconds(wait))
                #expect(try await fleet[0].check(check("k", of: "p")).allowed)
            }
        }
    }

    @Test("A reset is known at once where it was made, and within a second everywhere")
    func reset() async throws {
        try await withFleet(policies: [slow]) { fleet in
            for round in 0..<5 {
                try await fleet.exhaust("slow", key: "k")
                try await fleet[round % 3].reset(policy: "slow", key: "k")
                #expect(try await fleet[round % 3].check(check("k")).allowed)
                for other in [1, 2] {
                    try await eventually("reset is known", within: .seconds(10)) {
                        try await fleet[(round + other) % 3].check(check("k")).allowed
                    }
                }
            }
        }
    }

    @Test("A check after a reset passes, also when others were being refused while it was made")
    func resetUnderFlood() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 200, refillTokens: 1, refillPeriodMs: Self.day)
        try await withFleet(of: 1, policies: [policy]) { fleet in
            try await whileRunning(tasks: 8) { _ in
                _ = try await fleet[0].check(check("k", of: "p"))
                await Task.yield()
            } _: {
                for _ in 0..<15 {
                    try await eventually("emptied") { try await !fleet[0].check(check("k", of: "p")).allowed }
                    try await fleet[0].reset(policy: "p", key: "k")
                    let decision = try await fleet[0].check(check("k", of: "p"))
                    let holds = try await fleet[0].peek(check("k", of: "p")).remaining
                    #expect(decision.allowed || holds == 0, "refused, and Redis holds \(holds)")
                }
            }
        }
    }

    @Test("A reset is not missed while subscriptions are cut again and again")
    func resetWithoutSubscription() async throws {
        try await withFleet(policies: [slow]) { fleet in
            try await fleet.exhaust("slow", key: "k")
            try await whileRunning { _ in
                _ = try await fleet.redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
                try await Task.sleep(for: .milliseconds(10))
            } _: {
                for _ in 0..<3 {
                    try await eventually("emptied", within: .seconds(10)) { try await !fleet[0].check(check("k")).allowed }
                    try await fleet[0].reset(policy: "slow", key: "k")
                    for instance in 0..<3 {
                        try await eventually("reset is known", within: .seconds(10)) {
                            try await fleet[instance].check(check("k")).allowed
                        }
                    }
                }
            }
            // And afterwards memory is relied on again.
            try await fleet.exhaust("slow", key: "k")
        }
    }

    @Test("Nor when subscriptions cannot come back at all: then memory is not relied on")
    func resetUnheard() async throws {
        try await withFleet(policies: [slow]) { fleet in
            try await fleet.exhaust("slow", key: "k")
            // Existing connections live on, new ones are refused.
            let connections: String = try await fleet.redis.send(RedisCommand("CLIENT", "LIST")).decode()
            let most = connections.split(separator: "\n").count - fleet.limiters.count
            _ = try await fleet.redis.send(RedisCommand("CONFIG", "SET", "maxclients", most))
            _ = try await fleet.redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
            try await fleet[0].reset(policy: "slow", key: "k")
            for limiter in fleet.limiters.dropLast() {
                try await eventually("reset is obeyed", within: .seconds(10)) { try await limiter.check(check("k")).allowed }
            }
            let listeners: [RedisValue] = try await fleet.redis.send(
                RedisCommand("PUBSUB", "NUMSUB", RateLimiterKeys.events)
            ).decode()
            #expect(listeners.last == .integer(0))
            try await eventually("and the instance says that it does not hear") {
                do throws(RateLimiterError) {
                    try await fleet[0].probe()
                    return false
                } catch {
                    if case .heartbeatLost = error { return true }
                    return false
                }
            }

            _ = try await fleet.redis.send(RedisCommand("CONFIG", "SET", "maxclients", 10_000))
            try await fleet.becomesReady()
            try await fleet.exhaust("slow", key: "another")
            let last = try await fleet[2].check(check("k"))
            #expect(last.allowed, "memory is relied on again, and holds nothing from before")
        }
    }

    @Test("A raised policy lets pass whom memory refused, on every instance within a second")
    func raise() async throws {
        try await withFleet(policies: [slow]) { fleet in
            for round in 1...4 {
                try await fleet.exhaust("slow", key: "k")
                let raised = try RateLimitPolicy(name: "slow", capacity: 3 + 3 * round, refillTokens: 3, refillPeriodMs: Self.day)
                #expect(try await !fleet[0].put(raised))
                #expect(try await fleet[0].check(check("k")).allowed, "in force on return")
                for instance in 1..<3 {
                    try await eventually("raise is known", within: .seconds(10)) {
                        try await fleet[instance].check(check("k")).allowed
                    }
                }
            }
        }
    }

    @Test("When Redis lost everything, so do those who remember")
    func flushAll() async throws {
        try await withFleet(policies: [slow]) { fleet in
            try await fleet.exhaust("slow", key: "k")
            _ = try await fleet.redis.send(RedisCommand("FLUSHALL"))
            for limiter in fleet.limiters {
                try await eventually("forgotten", within: .seconds(5)) { try await limiter.check(check("k")).allowed }
            }
        }
    }

    @Test("Keys are told apart as Redis does, byte for byte")
    func spelling() async throws {
        try await withFleet(of: 1, policies: [slow]) { fleet in
            try await fleet.exhaust("slow", key: "caf\u{E9}")
            #expect(try await fleet[0].check(check("cafe\u{301}")).allowed, "equal as text, another key")
        }
    }

    @Test("A shadow policy lets pass what it would refuse, and says so")
    func shadow() async throws {
        let policy = try RateLimitPolicy(name: "dark", capacity: 2, refillTokens: 1, refillPeriodMs: Self.day, shadow: true)
        try await withFleet(of: 1, policies: [policy]) { fleet in
            for _ in 0..<2 { #expect(try await fleet[0].check(check("k", of: "dark")).isWithinLimit) }
            var deciders: Set<RateLimitDecision.Decider> = []
            try await eventually {
                let decision = try await fleet[0].check(check("k", of: "dark"))
                #expect(decision.allowed && !decision.isWithinLimit)
                deciders.insert(decision.decidedBy)
                return deciders == [.redis, .memory]
            }
            #expect(try await fleet.consumed(of: policy, key: "k") == 2)
        }
    }
}
