public import Redis

extension RateLimitPolicy {
    /// The script's call that decides a request as if it were made at another time: for replay, where the log's clock
    /// takes the place of Redis'.
    /// - Parameters:
    ///   - cost: 1 to the capacity.
    ///   - microseconds: since 1970, not before those of earlier calls for the same key.
    public func call(key: String, cost: Int = 1, at microseconds: Int) -> RedisCommand {
        RateLimiterScripts.script(of: algorithm).call(
            keys: [RateLimiterKeys.bucket(of: self, key: key)], capacity, refillTokens, refillPeriodMicroseconds, cost,
            microseconds)
    }

    /// Whether such a call admitted its request; nil when the reply is no answer of a script.
    public static func isAdmitted(by reply: RedisValue) -> Bool? {
        RateLimitOutcome(reply: reply).map { !$0.isLimited }
    }
}
