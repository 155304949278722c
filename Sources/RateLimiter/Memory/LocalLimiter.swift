import NIOCore

/// Limits in this instance's memory, for the time without Redis: each instance gives out its share.
struct LocalLimiter: Sendable {
    private struct Limit: Sendable {
        let algorithm: RateLimitPolicy.Algorithm
        var model: any RateLimitModel

        init(unusedFor algorithm: RateLimitPolicy.Algorithm) {
            self.algorithm = algorithm
            model =
                switch algorithm {
                case .tokenBucket: TokenBucket()
                case .slidingWindow: SlidingWindowLog()
                case .fixedWindow: FixedWindow()
                }
        }
    }
    private var limits: BoundedTable<Bucket, Limit>

    /// - Parameter capacity: so many buckets are kept; when there are more the oldest start afresh.
    init(capacity: Int) {
        limits = BoundedTable(capacity: capacity)
    }

    /// - Parameter policy: the share of this instance.
    mutating func take(
        _ cost: Int, from bucket: Bucket, policy: RateLimitPolicy, now: NIODeadline, commit: Bool
    ) -> RateLimitOutcome {
        var limit = limits[bucket].flatMap { $0.algorithm == policy.algorithm ? $0 : nil } ?? Limit(unusedFor: policy.algorithm)
        defer { if commit { limits[bucket] = limit } }
        return limit.model.take(cost, of: policy, now: Int(now.uptimeNanoseconds / 1000), commit: commit)
    }
}
