public import Redis

/// Why there is no decision. Redis' absence is no such reason for a check: then the policy's own rule decides.
public enum RateLimiterError: Error, Sendable {
    case unknownPolicy(String)
    /// The policies could not be read since the start, so that one of this name may exist.
    case policiesUnavailable
    case invalidPolicy(field: String, reason: String)
    case invalidQuota(reason: String)
    case invalidKey
    case invalidCost(capacity: Int)
    /// The same bucket stands in the call several times, and could never give as much as they ask together.
    case costsExceedCapacity(policy: String, capacity: Int)
    case invalidCheckCount
    /// Of several checks in one call, this one is not in order.
    indirect case invalidCheck(index: Int, RateLimiterError)
    /// What this instance publishes does not come back to it.
    case heartbeatLost
    /// For what only Redis can do: to change a policy, to reset a bucket.
    case redis(RedisError)

    static let maximumKeyLength = 512
    static let maximumChecks = 16
}

extension RateLimiterError: CustomStringConvertible {
    /// One sentence for whoever asked.
    public var description: String {
        switch self {
        case .unknownPolicy(let name): "There is no policy named \(name)."
        case .policiesUnavailable: "Redis has not been reached yet, so the policies are not known."
        case .invalidPolicy(let field, let reason): "\(field): \(reason)."
        case .invalidQuota(let reason): "limit: \(reason)."
        case .invalidKey: "key: 1 to \(Self.maximumKeyLength) bytes of UTF-8."
        case .invalidCost(let capacity): "cost: an integer from 1 to \(capacity), the policy's capacity."
        case .costsExceedCapacity(let policy, let capacity):
            "cost: the checks of one bucket of policy \(policy) ask together for more than its capacity of \(capacity)."
        case .invalidCheckCount: "checks: 1 to \(Self.maximumChecks) checks in one call."
        case .invalidCheck(let index, let reason): "checks[\(index)]: \(reason)"
        case .heartbeatLost: "Published messages do not come back from Redis."
        case .redis: "Redis did not answer in time."
        }
    }
}
