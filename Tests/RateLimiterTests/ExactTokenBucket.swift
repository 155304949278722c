@testable import RateLimiter

/// A token bucket as a level that rises evenly, in exact fractions: what the script must answer, told in another way.
///
/// Levels count in 1/period tokens, so that one microsecond adds `refillTokens` of them; 128 bits hold every product.
struct ExactTokenBucket: ExactLimit {
    private let capacity: Int128, refill: Int128, period: Int128
    private var full: Int128 { capacity * period }
    /// Whole tokens at the last write, and the moment at which the last of them arrived, in 1/refill microseconds.
    private var tokens: Int128
    private var arrivedAt: Int128 = 0

    init(_ policy: RateLimitPolicy) {
        capacity = Int128(policy.capacity)
        refill = Int128(policy.refillTokens)
        period = Int128(policy.refillPeriodMicroseconds)
        tokens = capacity
    }

    mutating func answer(_ cost: Int, now: Int, take: Bool) -> RateLimitOutcome {
        let now = Int128(now), wanted = Int128(cost) * period
        // The clock went back: what is missing refills from now on.
        if now < arrivedAt / refill { arrivedAt = now * refill }
        // Within the microsecond in which the last token arrived this may lie a little below what is there.
        var risen = tokens == capacity ? full : min(full, tokens * period + now * refill - arrivedAt)
        var level = max(tokens * period, risen)

        let isLimited = wanted > level
        let retryAfter = isLimited ? wait(from: risen, to: wanted) : nil
        if take && !isLimited {
            arrivedAt = level == full ? now * refill : now * refill - (risen - level / period * period)
            tokens = (level - wanted) / period
            (level, risen) = (level - wanted, risen - wanted)
        }
        return RateLimitOutcome(
            isLimited: isLimited, remaining: Int(level / period), retryAfter: retryAfter,
            resetAfter: level == full ? 0 : wait(from: risen, to: full))
    }

    private func wait(from level: Int128, to wanted: Int128) -> Int { Int((wanted - level + refill - 1) / refill) }
}
