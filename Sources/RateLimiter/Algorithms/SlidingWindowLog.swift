import DequeModule

/// A log of the moments of admission: see `lua/rate-limiter/sliding_window.lua`, of which this is the twin.
struct SlidingWindowLog: RateLimitModel {
    private var moments: Deque<Int> = []

    mutating func take(_ cost: Int, of policy: RateLimitPolicy, now: Int, commit: Bool) -> RateLimitOutcome {
        let period = policy.refillPeriodMicroseconds
        if let newest = moments.last, newest > now { moments = Deque(moments.map { min($0, now) }) }

        let gone = moments.prefix { $0 <= now - period }.count
        var used = moments.count - gone
        let isLimited = used + cost > policy.capacity
        var retryAfter: Int?
        if isLimited {
            // Room comes when the oldest so many have left.
            let lastToLeave = moments.count + cost - policy.capacity - 1
            retryAfter = moments.indices.contains(lastToLeave) ? moments[lastToLeave] + period - now : RateLimitOutcome.never
        }
        if commit {
            moments.removeFirst(gone)
            if !isLimited {
                moments.append(contentsOf: repeatElement(now, count: cost))
                used += cost
            }
        }
        return RateLimitOutcome(
            isLimited: isLimited, remaining: max(0, policy.capacity - used), retryAfter: retryAfter,
            resetAfter: used > 0 ? (moments.last ?? now) + period - now : 0)
    }
}
