import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import RateLimiter

@Suite("Three instances share a limit", .serialized)
struct SharedLimitTests {
    /// When a caller asked and when he was told, on Redis' clock: the admission lies in between.
    private struct Admission {
        let before: Int
        let after: Int
    }

    private actor Log {
        private(set) var admissions: [Admission] = []
        func append(_ admission: Admission) { admissions.append(admission) }
    }

    /// 64 callers ask 3 instances as fast as they can.
    private func admissions(_ policy: RateLimitPolicy, for time: Duration) async throws -> [Admission] {
        try await withFleet(policies: [policy]) { fleet in
            let log = Log()
            let end = ContinuousClock.now + time
            try await withThrowingTaskGroup { group in
                for caller in 0..<64 {
                    group.addTask {
                        while ContinuousClock.now < end {
                            let before = wallClock()
                            let decision = try await fleet[caller % 3].check(RateLimitCheck(policy: policy.name, key: "all"))
                            guard decision.allowed else {
                                await Task.yield()
                                continue
                            }
                            #expect(decision.decidedBy == .redis)
                            await log.append(Admission(before: before, after: wallClock()))
                        }
                    }
                }
                try await group.waitForAll()
            }
            return await log.admissions
        }
    }

    @Test("Token bucket: no interval ever holds more than capacity + rate x elapsed")
    func tokenBucket() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 40, refillTokens: 137, refillPeriodMs: 1000)
        let admissions = try await admissions(policy, for: .seconds(3))
        // Every interval from one caller's question to another's answer; all shorter ones are within these.
        let byEnd = admissions.sorted { $0.after < $1.after }
        for start in admissions.map(\.before) {
            var count = 0
            for admission in byEnd where admission.before >= start {
                count += 1
                let most = 40 + (admission.after - start) * 137 / 1_000_000
                try #require(count <= most, "\(count) in \(admission.after - start) us")
            }
        }
        #expect(admissions.count > 60, "and what arrives is given out")
    }

    @Test("Sliding window: no window ever holds more than the capacity")
    func slidingWindow() async throws {
        let policy = try RateLimitPolicy(name: "p", algorithm: .slidingWindow, capacity: 50, refillPeriodMs: 400)
        let admissions = try await admissions(policy, for: .seconds(3))
        let byEnd = admissions.sorted { $0.after < $1.after }
        for start in admissions.map(\.before) {
            let inWindow = byEnd.count { $0.before >= start && $0.after < start + 400_000 }
            try #require(inWindow <= 50)
        }
        #expect(admissions.count > 50)
    }

    @Test("What was admitted is what Redis says was consumed", arguments: RateLimitPolicy.Algorithm.allCases)
    func consumed(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        // Longer than any test: nothing comes back meanwhile.
        let policy = try RateLimitPolicy(
            name: "p", algorithm: algorithm, capacity: 700, refillTokens: 7, refillPeriodMs: 366 * 24 * 3_600_000)
        try await withFleet(policies: [policy]) { fleet in
            let tally = Tally()
            try await withThrowingTaskGroup { group in
                for caller in 0..<64 {
                    group.addTask {
                        for round in 0..<20 {
                            // The scripts are forgotten now and then.
                            if caller == 0 { _ = try await fleet.redis.send(RedisCommand("SCRIPT", "FLUSH")) }
                            let check = RateLimitCheck(policy: "p", key: "all", cost: 1 + (caller + round) % 2)
                            let decision = try await fleet[(caller + round) % 3].check(check)
                            if decision.allowed { for _ in 0..<check.cost { await tally.record(decision) } }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await tally.admitted(by: .redis) == 700)
            #expect(await tally.decisions.count == 700, "nobody else decided")
            #expect(try await fleet.consumed(of: policy, key: "all") == 700)
        }
    }

    @Test("Several limits at once, through instances: together they take exactly what they say")
    func several() async throws {
        let (user, address) = (
            try RateLimitPolicy(name: "user", capacity: 30, refillTokens: 1, refillPeriodMs: 24 * 3_600_000),
            try RateLimitPolicy(name: "address", algorithm: .slidingWindow, capacity: 50, refillPeriodMs: 24 * 3_600_000)
        )
        try await withFleet(policies: [user, address]) { fleet in
            let passed = try await withThrowingTaskGroup { group in
                for caller in 0..<64 {
                    group.addTask {
                        var passed = 0
                        for _ in 0..<3 {
                            let verdict = try await fleet[caller % 3].check([
                                RateLimitCheck(policy: "user", key: "user:\(caller % 2)"),
                                RateLimitCheck(policy: "address", key: "10.0.0.1"),
                            ])
                            #expect(verdict.decisions.count == 2)
                            #expect(verdict.decisions.allSatisfy { $0.decidedBy == .redis })
                            #expect(verdict.allowed == verdict.decisions.allSatisfy(\.isWithinLimit))
                            passed += verdict.allowed ? 1 : 0
                        }
                        return passed
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(passed == 50)
            #expect(try await fleet.consumed(of: address, key: "10.0.0.1") == 50)
            let users = try await (fleet.consumed(of: user, key: "user:0"), fleet.consumed(of: user, key: "user:1"))
            #expect(users.0 + users.1 == 50)
            #expect(users.0 <= 30 && users.1 <= 30)
        }
    }

    @Test("On an event loop, without a task, it is the same limit")
    func onEventLoop() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 10, refillTokens: 1, refillPeriodMs: 24 * 3_600_000)
        try await withFleet(of: 1, policies: [policy]) { fleet in
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let connection = try #require(fleet[0].redis.connection(on: eventLoop))
            var admitted = 0
            for _ in 0..<30 {
                let decision = try await withCheckedThrowingContinuation { continuation in
                    eventLoop.execute {
                        fleet[0].check(RateLimitCheck(policy: "p", key: "k"), on: connection) {
                            continuation.resume(with: $0.mapError { $0 as any Error })
                        }
                    }
                }
                admitted += decision.allowed ? 1 : 0
                #expect(decision.decidedBy == .redis || !decision.allowed)
            }
            #expect(admitted == 10)
            let unknown = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Bool, any Error>) in
                eventLoop.execute {
                    fleet[0].check(RateLimitCheck(policy: "nobody", key: "k"), on: connection) { result in
                        if case .failure(.unknownPolicy("nobody")) = result {
                            continuation.resume(returning: true)
                        } else {
                            continuation.resume(returning: false)
                        }
                    }
                }
            }
            #expect(unknown)
        }
    }

    @Test("A question that is not in order is an error, whatever Redis does")
    func invalidQuestions() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 5, refillPeriodMs: 1000)
        try await withFleet(of: 1, policies: [policy]) { fleet in
            let limiter = fleet[0]
            func problem(_ checks: RateLimitCheck...) async -> String {
                do throws(RateLimiterError) {
                    if checks.count == 1 { _ = try await limiter.check(checks[0]) } else { _ = try await limiter.check(checks) }
                    return "none"
                } catch {
                    return "\(error)"
                }
            }
            #expect(await problem(RateLimitCheck(policy: "q", key: "k")).contains("no policy named q"))
            for cost in [0, -1, 6, .max, .min] {
                #expect(await problem(RateLimitCheck(policy: "p", key: "k", cost: cost)).hasPrefix("cost:"))
            }
            for key in ["", String(repeating: "k", count: 513), String(repeating: "é", count: 257)] {
                #expect(await problem(RateLimitCheck(policy: "p", key: key)).hasPrefix("key:"))
            }
            #expect(await problem(RateLimitCheck(policy: "p", key: String(repeating: "é", count: 256))) == "none")
            let three = RateLimitCheck(policy: "p", key: "twice", cost: 3)
            #expect(await problem(three, three).contains("together"))
            #expect(await problem().hasPrefix("checks:"))
            await #expect(throws: RateLimiterError.self) {
                _ = try await limiter.check(Array(repeating: RateLimitCheck(policy: "p", key: "k"), count: 17))
            }
            let left = try await limiter.peek(three).remaining
            #expect(left == 5, "nothing was taken by any of them")
        }
    }
}
