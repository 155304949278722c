/// One algorithm in memory: the same arithmetic as its script, for the local share when Redis is gone.
protocol RateLimitModel: Sendable {
    /// A limit that was never used.
    init()

    /// Takes `cost` or nothing.
    /// - Parameters:
    ///   - cost: 1 or more.
    ///   - now: microseconds on any clock; one that goes back does no harm.
    mutating func take(_ cost: Int, of policy: RateLimitPolicy, now: Int, commit: Bool) -> RateLimitOutcome
}

/// What a script or a model answers.
struct RateLimitOutcome: Hashable {
    var isLimited: Bool
    var remaining: Int
    /// Microseconds; nil when not limited.
    var retryAfter: Int?
    /// Microseconds.
    var resetAfter: Int

    /// The largest wait that can be told, for a cost that can never pass.
    static let never = 1 << 52
}
