/// The answer to one check.
public struct RateLimitDecision: Sendable, Hashable {
    /// Who or what decided.
    public enum Decider: String, Sendable, Hashable, Codable, CaseIterable {
        /// The script, on Redis.
        case redis
        /// This instance, which knew from Redis that the bucket could not have refilled yet.
        case memory
        /// This instance's own share of the limit, since Redis did not answer: ``RateLimitPolicy/FailureRule/local``.
        case local
        /// The policy's rule to allow or to deny, since Redis did not answer.
        case failureRule = "failure-rule"
    }

    /// The policy that was in force.
    public let policy: RateLimitPolicy
    /// Whether the limit was kept. A shadow policy lets pass all the same: see ``allowed``.
    public let isWithinLimit: Bool
    /// What may be asked for now at once.
    public let remaining: Int
    /// Microseconds after which the same request would be within the limit; nil when it was.
    public let retryAfterMicroseconds: Int?
    /// Microseconds until the limit is as if never used.
    public let resetAfterMicroseconds: Int
    public let decidedBy: Decider

    /// Whether the request may pass.
    public var allowed: Bool { isWithinLimit || policy.shadow }
    public var limit: Int { policy.capacity }

    public init(
        policy: RateLimitPolicy, isWithinLimit: Bool, remaining: Int, retryAfterMicroseconds: Int?, resetAfterMicroseconds: Int,
        decidedBy: Decider
    ) {
        (self.policy, self.isWithinLimit, self.remaining) = (policy, isWithinLimit, remaining)
        (self.retryAfterMicroseconds, self.resetAfterMicroseconds) = (retryAfterMicroseconds, resetAfterMicroseconds)
        self.decidedBy = decidedBy
    }
}

/// One question: may so much pass, of this policy, for this key?
public struct RateLimitCheck: Sendable, Hashable {
    public let policy: String
    /// Whom the limit concerns: a user, an address, an API key. 1 to 512 bytes.
    public let key: String
    /// 1 to the policy's capacity.
    public let cost: Int

    public init(policy: String, key: String, cost: Int = 1) {
        (self.policy, self.key, self.cost) = (policy, key, cost)
    }
}

/// The answer to several checks at once: all or nothing.
public struct RateLimitVerdict: Sendable, Hashable {
    public let allowed: Bool
    /// In the order asked. When the call was refused nothing was taken, and each says how it alone stands.
    public let decisions: [RateLimitDecision]

    /// The one that a client has to mind most: the last to let it pass, or else the closest to its limit.
    public var tightest: RateLimitDecision? {
        decisions.max { Self.tightness($0) < Self.tightness($1) }
    }

    private static func tightness(_ decision: RateLimitDecision) -> (Int, Int, Int) {
        (decision.allowed ? -1 : decision.retryAfterMicroseconds ?? 0, -decision.remaining, decision.resetAfterMicroseconds)
    }
}
