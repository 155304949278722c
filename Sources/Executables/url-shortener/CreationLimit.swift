import HTTPTypes
public import RateLimiter
import RateLimiterMiddleware
public import ServiceKit

/// `--create-limit`: how many links each user, or each address without one, may create.
struct CreationLimit: Sendable {
    private let limiter: RateLimiter
    private let policy: RateLimitPolicy

    /// - Parameter quota: as on the command line; nil for `off`.
    /// - Throws: `UsageError`.
    static func policy(_ text: String) throws -> RateLimitPolicy? {
        guard text != "off" else { return nil }
        do throws(RateLimiterError) {
            let quota = try RateLimitQuota(parsing: text)
            // In the name too: instances with different limits share no bucket.
            let name = "url-shortener.create.\(quota.count)-\(quota.periodMs)ms"
            return try RateLimitPolicy(name: name, capacity: quota.count, refillPeriodMs: Int(quota.periodMs))
        } catch {
            throw UsageError("--create-limit: \(text): \(error)")
        }
    }

    init(_ policy: RateLimitPolicy, limiter: RateLimiter) {
        (self.policy, self.limiter) = (policy, limiter)
    }

    /// Takes from the caller's bucket, at most all that it holds when it is full: then a batch may be larger.
    /// - Returns: the header fields that say what is left.
    /// - Throws: ``Problem``: 429.
    func charge(_ links: Int, to caller: Caller) async throws -> HTTPFields {
        let key = caller.user.map { "user:\($0)" } ?? "address:\(caller.address)"
        let decision = try await check(links, key)
        let fields = RateLimitHeaders(decision).fields
        guard decision.allowed else { throw Problem(.tooManyRequests, "Too many links at once.", headers: fields) }
        return fields
    }

    private func check(_ links: Int, _ key: String) async throws(RateLimiterError) -> RateLimitDecision {
        // Somebody may have deleted the policy, or changed it: what is in force counts.
        var capacity = try? limiter.policy(named: policy.name).capacity
        if capacity == nil {
            _ = try await limiter.put(policy)
            capacity = policy.capacity
        }
        return try await limiter.check(RateLimitCheck(policy: policy.name, key: key, cost: min(links, capacity ?? 1)))
    }
}

extension RateLimiterError: ProblemConvertible {
    /// What is wrong here is never the client's doing.
    public var problem: Problem { Problem(.serviceUnavailable, "It cannot be told now how many links may be created.") }
}
