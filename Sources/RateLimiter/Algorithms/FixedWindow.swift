/// A counter for each window of the clock: see `lua/rate-limiter/fixed_window.lua`, of which this is the twin.
struct FixedWindow: RateLimitModel {
    private var start = Int.min
    private var used = 0

    mutating func take(_ cost: Int, of policy: RateLimitPolicy, now: Int, commit: Bool) -> RateLimitOutcome {
        let period = policy.refillPeriodMicroseconds
        let current = now - now % period
        let usedNow = start >= current ? used : 0
        let isLimited = usedNow + cost > policy.capacity
        let total = isLimited || !commit ? usedNow : usedNow + cost
        if commit && !isLimited { (start, used) = (current, total) }
        // What seems to come from a later window counts in this one, and no longer.
        start = min(start, current)
        let untilNext = current + period - now
        return RateLimitOutcome(
            isLimited: isLimited, remaining: max(0, policy.capacity - total),
            retryAfter: !isLimited ? nil : cost > policy.capacity ? RateLimitOutcome.never : untilNext,
            resetAfter: total > 0 ? untilNext : 0)
    }
}
