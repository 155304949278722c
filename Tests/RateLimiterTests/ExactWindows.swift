@testable import RateLimiter

/// What a limit must answer, by definition: slow, and plainly right.
protocol ExactLimit {
    init(_ policy: RateLimitPolicy)
    mutating func answer(_ cost: Int, now: Int, take: Bool) -> RateLimitOutcome
}

/// A sliding window by looking at every admission that ever was.
struct ExactSlidingWindow: ExactLimit {
    private let capacity: Int, period: Int
    private(set) var admissions: [Int] = []

    init(_ policy: RateLimitPolicy) {
        (capacity, period) = (policy.capacity, policy.refillPeriodMicroseconds)
    }

    mutating func answer(_ cost: Int, now: Int, take: Bool) -> RateLimitOutcome {
        // When the clock went back, what seems to come from the future counts from now on.
        admissions = admissions.map { min($0, now) }
        func inWindow(at moment: Int) -> Int { admissions.count { $0 > moment - period } }
        let isLimited = inWindow(at: now) + cost > capacity
        // Room comes only when an admission leaves.
        let waits = Set(admissions.map { $0 + period - now }).filter { $0 > 0 }.sorted()
        let retryAfter = isLimited ? waits.first { inWindow(at: now + $0) + cost <= capacity } : nil
        if take {
            // What has left is forgotten for good, even if the clock goes back.
            admissions.removeAll { $0 <= now - period }
            if !isLimited { admissions += Array(repeating: now, count: cost) }
        }
        let used = inWindow(at: now)
        return RateLimitOutcome(
            isLimited: isLimited, remaining: max(0, capacity - used), retryAfter: retryAfter,
            resetAfter: used == 0 ? 0 : (admissions.max() ?? now) + period - now)
    }
}

/// Fixed windows by looking at the admissions of the current one.
struct ExactFixedWindow: ExactLimit {
    private let capacity: Int, period: Int
    private var admissions: [(at: Int, cost: Int)] = []

    init(_ policy: RateLimitPolicy) {
        (capacity, period) = (policy.capacity, policy.refillPeriodMicroseconds)
    }

    mutating func answer(_ cost: Int, now: Int, take: Bool) -> RateLimitOutcome {
        let window = now / period
        let latest = admissions.map { $0.at / period }.max() ?? window
        if latest > window {
            // The clock went back: what was admitted in the latest window counts in this one.
            admissions = admissions.filter { $0.at / period == latest }.map { (now, $0.cost) }
        }
        func used() -> Int { admissions.filter { $0.at / period == window }.reduce(0) { $0 + $1.cost } }
        let isLimited = used() + cost > capacity
        if take && !isLimited { admissions = admissions.filter { $0.at / period == window } + [(now, cost)] }
        let untilNext = (window + 1) * period - now
        return RateLimitOutcome(
            isLimited: isLimited, remaining: max(0, capacity - used()), retryAfter: isLimited ? untilNext : nil,
            resetAfter: used() > 0 ? untilNext : 0)
    }
}
