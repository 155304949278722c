public import RateLimiter

/// What came of a replay. As JSON it says everything that the table and the report say.
public struct ReplayResult: Sendable, Hashable, Codable {
    /// A line that is not of an access log's form.
    public struct MalformedLine: Sendable, Hashable, Codable {
        /// Counted from 1.
        public let number: Int
        public let reason: String
        /// Its beginning, with control characters made visible.
        public let text: String
    }

    /// Where requests fall in time. All buckets of all algorithms are alike.
    public struct Timeline: Sendable, Hashable, Codable {
        /// When the first bucket begins.
        public let start: ReplayTime
        /// How long each bucket is.
        public let bucketMs: Int64
        /// Requests in each bucket.
        public let asked: [Int]
    }

    /// The file that was read.
    public let path: String
    public let limit: RateLimitQuota
    public let by: ReplayKey

    /// Bytes of the file that were read; compressed bytes, if it is compressed.
    public let bytes: Int64
    /// All lines, whatever their form.
    public let lines: Int
    /// Empty lines; they are no fault.
    public let blankLines: Int
    public let malformedLines: Int
    /// The first few of them.
    public let firstMalformed: [MalformedLine]
    /// Requests that none of the key's fields was logged for; no algorithm was asked about them.
    public let withoutKey: Int
    /// Requests that stand after one with a later time.
    public let outOfOrder: Int
    /// Those among them that stood too far down to be put in order: they were decided as if made at the latest time before.
    public let late: Int

    /// Requests that were decided, the same for each algorithm.
    public let requests: Int
    /// Different keys among them.
    public let keys: Int
    public let first: ReplayTime
    public let last: ReplayTime
    public let timeline: Timeline
    /// One for each decider, in their order.
    public let algorithms: [ReplaySummary]
    /// Why the file could be read only in part; nil when all of it was.
    public let damage: ReplayError?
}
