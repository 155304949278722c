import Redis
import TestSupport
import Testing

@testable import RateLimiter

@Suite("The scripts, their twins in memory and the definition say the same", .serialized)
struct ScriptExactnessTests {
    @Test("Random policies, costs and clocks", arguments: RateLimitPolicy.Algorithm.allCases)
    func randomHistories(of algorithm: RateLimitPolicy.Algorithm) async throws {
        var random = SeededGenerator()
        let policies = try ScriptCases.policies(algorithm, &random)
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            for (number, policy) in policies.enumerated() {
                let (steps, expected) = history(of: policy, &random)
                let answers = try await runner.run(steps, on: "bucket:\(number)")
                var twin = Self.twin(of: algorithm)
                for (index, step) in steps.enumerated() {
                    let place: Comment = "\(random), \(policy), step \(index): \(step)"
                    let answer = answers[index]
                    try #require(answer.outcome == expected[index], place)
                    try #require(twin.take(step.cost, of: policy, now: step.now, commit: step.take) == expected[index], place)
                    try #require(answer.outcome.remaining >= 0, place)
                    try requireLife(answer, of: policy, place)
                }
            }
        }
    }

    private func history(
        of policy: RateLimitPolicy, _ random: inout SeededGenerator
    ) -> ([ScriptStep], [RateLimitOutcome]) {
        var exact = Self.definition(of: policy)
        var steps: [ScriptStep] = [], outcomes: [RateLimitOutcome] = []
        var now = ScriptCases.epoch
        var refused: (cost: Int, outcome: RateLimitOutcome)?
        for _ in 0..<600 {
            now = ScriptCases.moment(after: now, promised: outcomes.last, of: policy, &random)
            // Who was refused often asks for the same again.
            let cost = refused.flatMap { Bool.random(using: &random) ? $0.cost : nil } ?? ScriptCases.cost(of: policy, &random)
            let take = Int.random(in: 0..<8, using: &random) > 0
            let outcome = exact.answer(cost, now: now, take: take)
            steps.append(ScriptStep(policy: policy, cost: cost, now: now, take: take))
            outcomes.append(outcome)
            refused = outcome.isLimited ? (cost, outcome) : nil
        }
        return (steps, outcomes)
    }

    /// A key lives until its limit is as if never used, and not much longer; none lives for ever.
    private func requireLife(_ answer: ScriptAnswer, of policy: RateLimitPolicy, _ place: Comment) throws {
        let resetAfter = answer.outcome.resetAfter
        if resetAfter > 0 {
            try #require(answer.timeToLive * 1000 >= resetAfter, place)
        }
        guard answer.timeToLive != -2 else { return }
        // An untouched key that says it has refilled may be there still: it was made to last by the runner.
        if resetAfter > 0 {
            let longest = policy.algorithm == .tokenBucket ? resetAfter : policy.refillPeriodMicroseconds
            try #require(answer.timeToLive <= longest / 1000 + 1001, place)
        }
    }

    @Test("Who waits exactly as told passes, a microsecond earlier not: a hundred thousand steps without drift")
    func noDrift() async throws {
        let policy = try RateLimitPolicy(name: "p", capacity: 5, refillTokens: 7, refillPeriodMs: 60_000)
        try await withRedis { _, redis in
            let runner = try await ScriptRunner(redis)
            _ = try await runner.run(ScriptStep(policy: policy, cost: 5, now: ScriptCases.epoch), on: "bucket")
            for start in stride(from: 1, to: 50_001, by: 2500) {
                // The n-th token after the bucket was emptied is there after n * 60/7 s, rounded up.
                let due = (start..<start + 2500).map { ScriptCases.epoch + ($0 * 60_000_000 + 6) / 7 }
                let commands = due.flatMap { moment in
                    [moment - 1, moment].map { runner.call(ScriptStep(policy: policy, cost: 1, now: $0), on: "bucket") }
                }
                let replies = await redis.pipeline(commands, deadline: .seconds(60))
                let outcomes = try replies.map { RateLimitOutcome(reply: try $0.get()) }
                for index in due.indices {
                    try #require(outcomes[2 * index]?.isLimited == true, "token \(start + index), a microsecond early")
                    try #require(outcomes[2 * index]?.retryAfter == 1)
                    try #require(outcomes[2 * index + 1]?.isLimited == false, "token \(start + index)")
                }
            }
        }
    }

    @Test("The promised wait holds for any algorithm, cost and clock", arguments: RateLimitPolicy.Algorithm.allCases)
    func promisedWait(of algorithm: RateLimitPolicy.Algorithm) async throws {
        var random = SeededGenerator()
        for policy in try ScriptCases.policies(algorithm, &random) {
            await Task.yield()
            var model = Self.twin(of: algorithm)
            var now = ScriptCases.epoch
            var last: RateLimitOutcome?
            for _ in 0..<400 {
                now = ScriptCases.moment(after: now, promised: last, of: policy, &random)
                let cost = ScriptCases.cost(of: policy, &random)
                let outcome = model.take(cost, of: policy, now: now, commit: true)
                last = outcome
                guard let wait = outcome.retryAfter else { continue }
                try #require(wait > 0, "\(random), \(policy)")
                var early = model, exact = model
                try #require(early.take(cost, of: policy, now: now + wait - 1, commit: true).isLimited, "\(random), \(policy)")
                try #require(!exact.take(cost, of: policy, now: now + wait, commit: true).isLimited, "\(random), \(policy)")
                let atReset = model.take(policy.capacity, of: policy, now: now + outcome.resetAfter, commit: false)
                try #require(!atReset.isLimited, "\(random), \(policy)")
            }
        }
    }

    @Test("While the clock runs on, no window of a sliding window ever holds more than its capacity")
    func everyWindow() throws {
        var random = SeededGenerator()
        let policy = try RateLimitPolicy(name: "p", algorithm: .slidingWindow, capacity: 20, refillPeriodMs: 1)
        var log = SlidingWindowLog()
        var admitted: [Int] = []
        var now = ScriptCases.epoch
        for _ in 0..<5000 {
            now += Int.random(in: 0...60, using: &random)
            let cost = Int.random(in: 1...4, using: &random)
            if !log.take(cost, of: policy, now: now, commit: true).isLimited {
                admitted += Array(repeating: now, count: cost)
            }
        }
        for index in admitted.indices.dropFirst(policy.capacity) {
            #expect(admitted[index] - admitted[index - policy.capacity] >= 1000, "\(random)")
        }
        #expect(admitted.count > 2000)
    }

    static func twin(of algorithm: RateLimitPolicy.Algorithm) -> any RateLimitModel {
        switch algorithm {
        case .tokenBucket: TokenBucket()
        case .slidingWindow: SlidingWindowLog()
        case .fixedWindow: FixedWindow()
        }
    }

    static func definition(of policy: RateLimitPolicy) -> any ExactLimit {
        switch policy.algorithm {
        case .tokenBucket: ExactTokenBucket(policy)
        case .slidingWindow: ExactSlidingWindow(policy)
        case .fixedWindow: ExactFixedWindow(policy)
        }
    }
}
