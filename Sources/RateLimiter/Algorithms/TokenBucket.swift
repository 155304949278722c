/// A token bucket in whole numbers: see `lua/rate-limiter/token_bucket.lua`, of which this is the twin.
///
/// Source of the algorithm: J. Turner, "New directions in communications (or which way to the information age?)", 1986.
struct TokenBucket: RateLimitModel {
    private var missing = 0
    /// The moment at which the last token arrived: `since` + `rest`/`restOf` microseconds.
    private var since = 0
    private var rest = 0
    private var restOf = 1

    mutating func take(_ cost: Int, of policy: RateLimitPolicy, now: Int, commit: Bool) -> RateLimitOutcome {
        let (whole, part) = policy.refillPeriodMicroseconds.quotientAndRemainder(dividingBy: policy.refillTokens)
        let clockWentBack = missing > 0 && since > now
        var bucket = self
        bucket.refill(whole: whole, part: part, policy: policy, now: now)
        let remaining = policy.capacity - bucket.missing
        let isLimited = cost > remaining
        if !isLimited && commit { bucket.missing += cost }
        if (!isLimited && commit) || clockWentBack { self = bucket }

        func wait(for tokens: Int) -> Int {
            bucket.since + bucket.arrival(of: tokens, whole: whole, part: part, refill: policy.refillTokens) - now
        }
        return RateLimitOutcome(
            isLimited: isLimited, remaining: policy.capacity - bucket.missing,
            retryAfter: !isLimited ? nil : cost > policy.capacity ? RateLimitOutcome.never : wait(for: cost - remaining),
            resetAfter: bucket.missing == 0 ? 0 : wait(for: bucket.missing))
    }

    private mutating func refill(whole: Int, part: Int, policy: RateLimitPolicy, now: Int) {
        let refill = policy.refillTokens
        missing = min(missing, policy.capacity)
        // Rounded down when the policy has changed: then the next token comes no later.
        (rest, restOf) = (rest * refill / restOf, refill)
        if since > now || missing == 0 { (since, rest) = (now, 0) }
        let parts = Int128(now - since) * Int128(refill) - Int128(rest)
        let arrived = Int(max(0, min(parts / Int128(policy.refillPeriodMicroseconds), Int128(missing))))
        missing -= arrived
        if missing == 0 {
            (since, rest) = (now, 0)
        } else {
            let (carried, left) = (arrived * part + rest).quotientAndRemainder(dividingBy: refill)
            since += arrived * whole + carried
            rest = left
        }
    }

    /// Microseconds from `since` until so many tokens are there.
    private func arrival(of tokens: Int, whole: Int, part: Int, refill: Int) -> Int {
        tokens * whole + (tokens * part + rest + refill - 1) / refill
    }
}
