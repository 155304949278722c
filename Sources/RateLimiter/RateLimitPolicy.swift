/// A limit with a name: which algorithm, how much, how fast, and what happens without Redis.
public struct RateLimitPolicy: Sendable, Hashable {
    public enum Algorithm: String, Sendable, Hashable, Codable, CaseIterable {
        /// A bucket of `capacity` tokens that refills evenly: bursts up to the capacity, the rate in the long run.
        case tokenBucket = "token-bucket"
        /// At most `capacity` in any window of the period's length. Exact; keeps one entry for each admitted request.
        case slidingWindow = "sliding-window"
        /// At most `capacity` in each window of the clock: up to twice as many around a window's end. For comparison.
        case fixedWindow = "fixed-window"
    }

    /// What decides when Redis does not answer in time.
    public enum FailureRule: String, Sendable, Hashable, Codable, CaseIterable {
        case allow
        case deny
        /// A limit in this instance's memory: the capacity divided by the instances that were last seen.
        case local
    }

    /// 1 to 64 of `A-Za-z0-9._-`.
    public let name: String
    public let algorithm: Algorithm
    /// 1 to 67,108,864; with ``Algorithm/slidingWindow`` to 100,000.
    public let capacity: Int
    /// Tokens that arrive in each period, 1 to 67,108,864. Only ``Algorithm/tokenBucket`` uses it.
    public let refillTokens: Int
    /// Milliseconds, 1 to 366 days.
    public let refillPeriodMs: Int
    public let onRedisFailure: FailureRule
    /// Decides and counts, and lets pass.
    public let shadow: Bool

    /// - Throws: ``RateLimiterError/invalidPolicy(field:reason:)``.
    public init(
        name: String, algorithm: Algorithm = .tokenBucket, capacity: Int, refillTokens: Int? = nil, refillPeriodMs: Int,
        onRedisFailure: FailureRule = .local, shadow: Bool = false
    ) throws(RateLimiterError) {
        (self.name, self.algorithm, self.capacity) = (name, algorithm, capacity)
        (self.refillTokens, self.refillPeriodMs) = (refillTokens ?? capacity, refillPeriodMs)
        (self.onRedisFailure, self.shadow) = (onRedisFailure, shadow)
        try validate()
    }

    /// The policy that always exists: 100 a minute.
    public static let fallback = RateLimitPolicy(unchecked: "default", capacity: 100, refillPeriodMs: 60_000)

    private init(unchecked name: String, capacity: Int, refillPeriodMs: Int) {
        (self.name, self.algorithm, self.capacity, self.refillTokens) = (name, .tokenBucket, capacity, capacity)
        (self.refillPeriodMs, self.onRedisFailure, self.shadow) = (refillPeriodMs, .local, false)
    }

    static let maximumCapacity = 1 << 26
    static let maximumSlidingWindow = 100_000
    private static let maximumPeriodMs = 366 * 24 * 3_600_000
    private static let maximumNameLength = 64
    /// The scripts count microseconds in numbers that are exact up to 2^53.
    private static let maximumFillMicroseconds = 1 << 52

    private func validate() throws(RateLimiterError) {
        guard Self.isName(name) else {
            throw .invalidPolicy(field: "name", reason: "1 to \(Self.maximumNameLength) of A-Z a-z 0-9 . _ -")
        }
        let most = algorithm == .slidingWindow ? Self.maximumSlidingWindow : Self.maximumCapacity
        guard (1...most).contains(capacity) else {
            throw .invalidPolicy(field: "capacity", reason: "an integer from 1 to \(most) with \(algorithm.rawValue)")
        }
        guard (1...Self.maximumCapacity).contains(refillTokens) else {
            throw .invalidPolicy(field: "refillTokens", reason: "an integer from 1 to \(Self.maximumCapacity)")
        }
        guard (1...Self.maximumPeriodMs).contains(refillPeriodMs) else {
            throw .invalidPolicy(field: "refillPeriodMs", reason: "an integer from 1 to \(Self.maximumPeriodMs) (366 days)")
        }
        guard Double(capacity) * Double(refillPeriodMicroseconds) / Double(refillTokens) <= Double(Self.maximumFillMicroseconds)
        else {
            throw .invalidPolicy(field: "refillTokens", reason: "large enough that an empty bucket is full within 142 years")
        }
    }

    static func isName(_ name: String) -> Bool {
        (1...maximumNameLength).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    var refillPeriodMicroseconds: Int { refillPeriodMs * 1000 }

    /// Seconds in which the capacity refills, rounded up: `w` of the `RateLimit-Policy` header.
    public var windowSeconds: Int {
        guard algorithm == .tokenBucket else { return (refillPeriodMs + 999) / 1000 }
        // The product stays below 2^26 * 2^35.
        return (capacity * refillPeriodMs + refillTokens * 1000 - 1) / (refillTokens * 1000)
    }

    /// This policy for one of several instances that share it without Redis between them.
    ///
    /// The rates add up to the policy's exactly; each instance's capacity is rounded down, but is at least one. The log of
    /// a sliding window is bounded too, since it takes memory for each request.
    func share(of instances: Int) -> RateLimitPolicy {
        RateLimitPolicy(sharing: self, instances: max(1, instances))
    }

    private static let maximumLocalLog = 1000

    private init(sharing whole: RateLimitPolicy, instances: Int) {
        (name, algorithm, refillTokens) = (whole.name, whole.algorithm, whole.refillTokens)
        (onRedisFailure, shadow) = (whole.onRedisFailure, whole.shadow)
        let most = whole.algorithm == .slidingWindow ? Self.maximumLocalLog : Self.maximumCapacity
        capacity = min(most, max(1, whole.capacity / instances))
        // Tokens of a bucket arrive at the instance's part of the rate; windows stay as long, and only hold less.
        refillPeriodMs = whole.algorithm == .tokenBucket ? whole.refillPeriodMs * instances : whole.refillPeriodMs
    }
}
