import NIOCore
import Testing

@testable import RateLimiter

@Suite("What is remembered of refusals")
struct DenialCacheTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let bucket = Bucket(policy: "login", key: "user:42")

    private func denial(of cost: Int = 1, retryAfter: Int = 1_000_000, generation: Int = 1) -> DenialCache.Denial {
        let outcome = RateLimitOutcome(isLimited: true, remaining: 0, retryAfter: retryAfter, resetAfter: 5_000_000)
        return DenialCache.Denial(
            cost: cost, outcome: outcome, askedAt: start, answeredAt: start + .milliseconds(1), generation: generation)
    }

    private func cache(holding denial: DenialCache.Denial) -> DenialCache {
        let cache = DenialCache(capacity: 1024)
        cache.trust(until: start + .hours(1))
        cache.remember(denial, of: bucket, since: cache.resets(of: bucket))
        return cache
    }

    private func isDenied(_ cache: DenialCache, cost: Int = 1, generation: Int = 1, at now: NIODeadline) -> Bool {
        cache.denies(cost, from: bucket, generation: generation, now: now)
    }

    @Test("It ends exactly when its wait does, counted from the question")
    func end() {
        let cache = cache(holding: denial())
        #expect(isDenied(cache, at: start))
        #expect(isDenied(cache, at: start + .nanoseconds(999_999_999)))
        #expect(!isDenied(cache, at: start + .seconds(1)))
        #expect(!isDenied(cache, at: start), "once it has ended it is forgotten")
    }

    @Test("It refuses its cost and greater ones, and says nothing of smaller ones")
    func costs() {
        let cache = cache(holding: denial(of: 3))
        #expect(!isDenied(cache, cost: 2, at: start))
        #expect(isDenied(cache, cost: 3, at: start))
        #expect(isDenied(cache, cost: 4, at: start))
    }

    @Test("It is of one policy, one generation, and one key, byte for byte")
    func identity() {
        let cache = cache(holding: denial())
        #expect(!isDenied(cache, generation: 2, at: start))
        cache.remember(
            denial(), of: Bucket(policy: "p", key: "\u{E9}"), since: cache.resets(of: Bucket(policy: "p", key: "\u{E9}")))
        func knows(_ policy: String, _ key: String) -> Bool {
            cache.denies(1, from: Bucket(policy: policy, key: key), generation: 1, now: start)
        }
        #expect(knows("p", "\u{E9}"))
        #expect("\u{E9}" == "e\u{301}")
        #expect(Bucket(policy: "p", key: "\u{E9}") != Bucket(policy: "p", key: "e\u{301}"))
        #expect(!knows("p", "e\u{301}"), "equal as text, and yet another key in Redis")
        #expect(!knows("q", "\u{E9}"))
    }

    @Test("It counts only while the instance knows that it has heard of all resets")
    func trust() {
        let cache = cache(holding: denial())
        cache.trust(until: start + .milliseconds(10))
        #expect(isDenied(cache, at: start + .nanoseconds(9_999_999)))
        #expect(!isDenied(cache, at: start + .milliseconds(10)))
        cache.trust(until: start + .milliseconds(20))
        #expect(isDenied(cache, at: start + .milliseconds(10)), "it is not lost by that")

        let never = DenialCache(capacity: 16)
        never.remember(denial(), of: bucket, since: never.resets(of: bucket))
        #expect(!isDenied(never, at: start), "nothing is trusted before the first heartbeat")
    }

    @Test("A reset removes it, and an answer whose question was on its way then is not remembered", arguments: [true, false])
    func reset(ofAll: Bool) {
        let cache = cache(holding: denial())
        let asked = cache.resets(of: bucket)
        if ofAll { cache.forgetAll() } else { cache.forget(bucket) }
        #expect(!isDenied(cache, at: start))
        cache.remember(denial(), of: bucket, since: asked)
        #expect(!isDenied(cache, at: start))
        cache.remember(denial(), of: bucket, since: cache.resets(of: bucket))
        #expect(isDenied(cache, at: start))
    }

    @Test("A million refused keys do not make it grow beyond its capacity")
    func bounded() async {
        let capacity = 4096
        let cache = DenialCache(capacity: capacity)
        cache.trust(until: start + .hours(1))
        for number in 0..<1_000_000 {
            if number % 1000 == 0 { await Task.yield() }
            let bucket = Bucket(policy: "p", key: "\(number)")
            cache.remember(denial(), of: bucket, since: cache.resets(of: bucket))
        }
        #expect(cache.count <= capacity)
        #expect(cache.count > capacity / 2)
        // The newest are there: the rest cost a question and no more.
        let known = (999_900..<1_000_000).count {
            cache.denies(1, from: Bucket(policy: "p", key: "\($0)"), generation: 1, now: start)
        }
        #expect(known == 100)
    }

    @Test("What a refused caller is told to wait ends no earlier than the refusal, whenever he asks")
    func toldWait() throws {
        let policy = try RateLimitPolicy(name: "login", capacity: 5, refillPeriodMs: 5000)
        let denial = denial()
        for microseconds in stride(from: Int64(0), to: 1_000_000, by: 4999) {
            let now = start + .microseconds(microseconds)
            let decision = denial.decision(for: denial.cost, of: policy, now: now)
            let told = now + .microseconds(Int64(try #require(decision.retryAfterMicroseconds)))
            // The bucket's own wait began between the question and its answer.
            #expect(told >= denial.answeredAt + .microseconds(999_999))
            #expect(told >= denial.endsAt)
            #expect(decision.decidedBy == .memory && !decision.isWithinLimit)
            #expect((0..<denial.cost).contains(decision.remaining))
        }
    }

    @Test("A greater cost than the one refused is told to wait until its tokens are there, and never too short a time")
    func greaterCost() throws {
        // Nothing is left; a token comes each second, and the first of them in one.
        func wait(_ cost: Int, _ algorithm: RateLimitPolicy.Algorithm) throws -> Int {
            let policy = try RateLimitPolicy(
                name: "login", algorithm: algorithm, capacity: 5, refillTokens: 1, refillPeriodMs: 1000)
            let denial = denial()
            return try #require(
                denial.decision(for: cost, of: policy, now: denial.answeredAt).retryAfterMicroseconds)
        }
        #expect(try (1...5).map { try wait($0, .tokenBucket) } == [1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000])
        #expect(try wait(5, .slidingWindow) == 5_000_000)
        #expect(try wait(5, .fixedWindow) == 1_000_000)
    }
}

extension DenialCache {
    fileprivate func denies(_ cost: Int, from bucket: Bucket, generation: Int, now: NIODeadline) -> Bool {
        if case .denied = look(for: cost, from: bucket, generation: generation, now: now) { true } else { false }
    }

    /// No denial is of this generation, so that nothing is found and nothing is changed.
    fileprivate func resets(of bucket: Bucket) -> Int {
        guard case .unknown(let resets) = look(for: 1, from: bucket, generation: .min, now: .now()) else { return -1 }
        return resets
    }
}
