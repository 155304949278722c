public import RateLimiter

/// What to replay, and under which limit.
public struct ReplayConfiguration: Sendable, Hashable {
    /// An access log in the common or combined format, plain or gzip.
    public var path: String
    /// How much each key may do.
    public var limit: RateLimitQuota
    /// Whose limit a request counts against.
    public var key: ReplayKey
    /// Requests that are given to the deciders at once, above 0.
    public var batchSize = 1000
    /// How far back in time a line may lie and still be put in order, in milliseconds. A minute covers what Apache does to
    /// long requests.
    public var reorderMs: Int64 = 60_000
    /// How many requests are held at most to put them in order.
    public var reorderCapacity = 65_536

    public init(path: String, limit: RateLimitQuota, key: ReplayKey) {
        self.path = path
        self.limit = limit
        self.key = key
    }
}
