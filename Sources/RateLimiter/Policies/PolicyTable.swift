import Metrics

/// The policies in force in this instance.
struct PolicyTable: Sendable {
    private var byName: [String: ActivePolicy] = [:]
    private var generation = 0
    /// The revision that Redis had; nil when it has none.
    private(set) var revision: String?
    /// In which this instance's configured policies were written to Redis last.
    var seededEpoch: String?
    /// False until they have been read from Redis once.
    private(set) var isLoaded = false
    private var loadsBegun = 0
    private var lastLoad = 0

    /// - Parameter policies: in force until they can be read from Redis.
    init(_ policies: [RateLimitPolicy]) {
        replace(with: policies)
    }

    /// All of them, by name.
    var policies: [RateLimitPolicy] {
        byName.values.map(\.policy).sorted { $0.name < $1.name }
    }

    func policy(named name: String) throws(RateLimiterError) -> ActivePolicy {
        if let policy = byName[name] { return policy }
        throw isLoaded ? .unknownPolicy(name) : .policiesUnavailable
    }

    /// - Returns: the turn to give to ``load(_:revision:turn:)``, taken before Redis is asked.
    mutating func beginLoading() -> Int {
        loadsBegun += 1
        return loadsBegun
    }

    /// Puts in force what Redis answered, unless an answer to a later question is in force already.
    /// - Returns: whether the revision is another than before.
    mutating func load(_ policies: [RateLimitPolicy], revision: String?, turn: Int) -> Bool {
        guard turn > lastLoad else { return false }
        lastLoad = turn
        replace(with: policies)
        isLoaded = true
        defer { self.revision = revision }
        return self.revision != revision
    }

    private mutating func replace(with policies: [RateLimitPolicy]) {
        var next: [String: ActivePolicy] = [:]
        for policy in [.fallback] + policies {
            // One that has not changed stays as it is, and with it what is remembered of its refusals.
            if let known = byName[policy.name], known.policy == policy {
                next[policy.name] = known
            } else {
                generation += 1
                next[policy.name] = ActivePolicy(policy, generation: generation)
            }
        }
        byName = next
    }
}

/// A policy in force, with what is needed for each of its decisions.
final class ActivePolicy: Sendable {
    let policy: RateLimitPolicy
    /// No two policies that were ever in force here have the same.
    let generation: Int
    private let allowed: Counter
    private let refused: Counter
    private let refusedFromMemory: Counter

    init(_ policy: RateLimitPolicy, generation: Int) {
        self.policy = policy
        self.generation = generation
        allowed = Self.counter(policy.name, "allowed", .redis)
        refused = Self.counter(policy.name, "refused", .redis)
        refusedFromMemory = Self.counter(policy.name, "refused", .memory)
    }

    func count(_ decision: RateLimitDecision) {
        switch (decision.isWithinLimit, policy.shadow, decision.decidedBy) {
        case (true, _, .redis): allowed.increment()
        case (false, false, .redis): refused.increment()
        case (false, false, .memory): refusedFromMemory.increment()
        case (let isWithinLimit, _, let decider):
            let outcome = isWithinLimit ? "allowed" : policy.shadow ? "shadow-refused" : "refused"
            Self.counter(policy.name, outcome, decider).increment()
        }
    }

    private static func counter(_ policy: String, _ outcome: String, _ decider: RateLimitDecision.Decider) -> Counter {
        Counter(
            label: "rate_limiter_decisions_total",
            dimensions: [("policy", policy), ("outcome", outcome), ("decided_by", decider.rawValue)])
    }
}
