import Redis
import TestSupport
import Testing

@testable import RateLimiter

@Suite("A limit that is changed while it is in use", .serialized)
struct ChangedPolicyTests {
    /// All the ways to raise a policy: more capacity, more speed, both; speed by more tokens, by a shorter period, or written
    /// with other numbers.
    private func raised(_ policy: RateLimitPolicy, _ random: inout SeededGenerator) throws -> [RateLimitPolicy] {
        let capacities = [policy.capacity, policy.capacity + 1, policy.capacity + random.magnitude(upTo: policy.capacity * 3)]
        let most = RateLimitPolicy.maximumCapacity
        var speeds = [(policy.refillTokens, policy.refillPeriodMs)]
        if policy.algorithm == .tokenBucket {
            speeds.append((min(most, policy.refillTokens + random.magnitude(upTo: policy.refillTokens)), policy.refillPeriodMs))
            // The same or a greater rate, with a period of its own and the fewest tokens that make it.
            let period = random.magnitude(upTo: policy.refillPeriodMs * 2)
            let tokens = (policy.refillTokens * period + policy.refillPeriodMs - 1) / policy.refillPeriodMs
            if tokens <= most { speeds.append((tokens, period)) }
        }
        if policy.refillPeriodMs > 1 {
            speeds.append((policy.refillTokens, policy.refillPeriodMs - 1))
            speeds.append((policy.refillTokens, random.magnitude(upTo: policy.refillPeriodMs - 1)))
        }
        return try capacities.flatMap { capacity in
            try speeds.map { tokens, period in
                try RateLimitPolicy(
                    name: "p", algorithm: policy.algorithm, capacity: min(most, capacity), refillTokens: tokens,
                    refillPeriodMs: period)
            }
        }
    }

    private func startingPolicy(_ algorithm: RateLimitPolicy.Algorithm, _ random: inout SeededGenerator) throws -> RateLimitPolicy
    {
        try RateLimitPolicy(
            name: "p", algorithm: algorithm, capacity: random.magnitude(upTo: 30), refillTokens: random.magnitude(upTo: 5000),
            refillPeriodMs: random.magnitude(upTo: 5000))
    }

    @Test(
        "After a raise nobody is refused, or waits longer, who would have passed before",
        arguments: RateLimitPolicy.Algorithm.allCases)
    func raise(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            for bucket in 0..<60 {
                let policy = try startingPolicy(algorithm, &random)
                var now = ScriptCases.epoch
                var steps: [ScriptStep] = []
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    now += Int.random(in: 0...policy.refillPeriodMicroseconds / 2, using: &random)
                    steps.append(ScriptStep(policy: policy, cost: ScriptCases.cost(of: policy, &random), now: now))
                }
                now += Int.random(in: 0...policy.refillPeriodMicroseconds / 2, using: &random)
                let cost = ScriptCases.cost(of: policy, &random)
                let alternatives = [policy] + (try raised(policy, &random))
                let looks = alternatives.map { ScriptStep(policy: $0, cost: cost, now: now, take: false) }
                let outcomes = try await runner.run(steps + looks, on: "bucket:\(bucket)").suffix(looks.count).map(\.outcome)
                let before = outcomes[0]
                for (alternative, after) in zip(alternatives, outcomes).dropFirst() {
                    let place: Comment = "\(random), \(policy) raised to \(alternative)"
                    try #require(before.isLimited || !after.isLimited, place)
                    try #require(after.remaining >= before.remaining, place)
                    if let wait = before.retryAfter { try #require(after.retryAfter ?? 0 <= wait, place) }
                }
            }
        }
    }

    @Test("To the microsecond, also when the rate is written with other numbers")
    func otherNumbers() async throws {
        let slower = try RateLimitPolicy(name: "p", capacity: 20, refillTokens: 100_000, refillPeriodMs: 50_010)
        let faster = try RateLimitPolicy(name: "p", capacity: 20, refillTokens: 12_500, refillPeriodMs: 6251)
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            var twin = TokenBucket()
            let now = ScriptCases.epoch
            // A token takes 500.1 us, so the first arrives a tenth of a microsecond after the 500th.
            let steps = [
                ScriptStep(policy: slower, cost: 20, now: now),
                ScriptStep(policy: slower, cost: 1, now: now + 501),
                ScriptStep(policy: slower, cost: 9, now: now + 501, take: false),
                ScriptStep(policy: faster, cost: 9, now: now + 501, take: false),
            ]
            let waits = [nil, nil, 4500, 4500]
            #expect(try await runner.run(steps, on: "bucket").map(\.outcome.retryAfter) == waits)
            #expect(steps.map { twin.take($0.cost, of: $0.policy, now: $0.now, commit: $0.take).retryAfter } == waits)
        }
    }

    /// Two worlds with the same requests, of which one raised the limit on the way: all that passes in the other passes there.
    @Test("And it stays so", arguments: [RateLimitPolicy.Algorithm.tokenBucket, .slidingWindow])
    func raiseStays(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        var random = SeededGenerator()
        for _ in 0..<300 {
            await Task.yield()
            let policy = try startingPolicy(algorithm, &random)
            for alternative in try raised(policy, &random) {
                var asBefore = ScriptExactnessTests.twin(of: algorithm)
                var raised = asBefore
                let change = Int.random(in: 0..<40, using: &random)
                var now = ScriptCases.epoch
                for step in 0..<60 {
                    now += Int.random(in: 0...max(1, policy.refillPeriodMicroseconds / 3), using: &random)
                    let cost = ScriptCases.cost(of: policy, &random)
                    let passes = !asBefore.take(cost, of: policy, now: now, commit: true).isLimited
                    guard passes else { continue }
                    let inForce = step < change ? policy : alternative
                    let outcome = raised.take(cost, of: inForce, now: now, commit: true)
                    try #require(!outcome.isLimited, "\(random), \(policy) raised to \(alternative), step \(step)")
                }
            }
        }
    }

    @Test("Random changes: script and twin agree, and nothing is ever negative", arguments: RateLimitPolicy.Algorithm.allCases)
    func randomChanges(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            for bucket in 0..<10 {
                let policies = try ScriptCases.policies(algorithm, &random)
                var policy = policies[0]
                var twin = ScriptExactnessTests.twin(of: algorithm)
                var now = ScriptCases.epoch
                var expected: [RateLimitOutcome] = []
                var steps: [ScriptStep] = []
                for _ in 0..<400 {
                    if Int.random(in: 0..<10, using: &random) == 0 { policy = policies.randomElement(using: &random) ?? policy }
                    now = ScriptCases.moment(after: now, promised: expected.last, of: policy, &random)
                    let step = ScriptStep(
                        policy: policy, cost: ScriptCases.cost(of: policy, &random), now: now, take: Bool.random(using: &random))
                    steps.append(step)
                    expected.append(twin.take(step.cost, of: policy, now: now, commit: step.take))
                }
                let answers = try await runner.run(steps, on: "bucket:\(bucket)")
                for index in steps.indices {
                    let outcome = answers[index].outcome
                    try #require(outcome == expected[index], "\(random), bucket \(bucket), step \(index): \(steps[index])")
                    try #require((0...steps[index].policy.capacity).contains(outcome.remaining))
                    try #require(answers[index].timeToLive * 1000 >= outcome.resetAfter || outcome.resetAfter == 0)
                }
            }
        }
    }

    @Test(
        "A lowered limit is in force at once, and the bucket is empty, not negative",
        arguments: RateLimitPolicy.Algorithm.allCases)
    func lower(_ algorithm: RateLimitPolicy.Algorithm) async throws {
        func policy(_ capacity: Int) throws -> RateLimitPolicy {
            try RateLimitPolicy(name: "p", algorithm: algorithm, capacity: capacity, refillTokens: 10, refillPeriodMs: 60_000)
        }
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            let (large, small) = (try policy(100), try policy(10))
            let now = ScriptCases.epoch / 60_000_000 * 60_000_000
            _ = try await runner.run(ScriptStep(policy: large, cost: 50, now: now), on: "bucket")
            let lowered = try await runner.run(ScriptStep(policy: small, cost: 1, now: now + 1), on: "bucket")
            #expect(lowered.isLimited && lowered.remaining == 0)
            // And no debt: of a bucket the first token is there after six seconds, of a window all after a minute.
            #expect(lowered.retryAfter == (algorithm == .tokenBucket ? 6_000_000 : 60_000_000) - 1)
            let again = try await runner.run(ScriptStep(policy: large, cost: 50, now: now + 2), on: "bucket")
            #expect(!again.isLimited, "a refusal under the lower limit took nothing away")
        }
    }
}
