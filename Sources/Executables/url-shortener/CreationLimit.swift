import HTTPTypes
import RateLimiter
import RateLimiterMiddleware
import ServiceKit

/// `--create-limit`: how many links each user, or each address without one, may create.
struct CreationLimit: Sendable {
    private let limiter: RateLimiter
    private let policy: RateLimitPolicy

    static let policyName = "url-shortener.create"

    /// - Parameter quota: as on the command line; nil for `off`.
    /// - Throws: `UsageError`.
    static func policy(_ text: String) throws -> RateLimitPolicy? {
        guard text != "off" else { return nil }
        do throws(RateLimiterError) {
            let quota = try RateLimitQuota(parsing: text)
            return try RateLimitPolicy(name: policyName, capacity: quota.count, refillPeriodMs: Int(quota.periodMs))
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
        let decision = try await limiter.check(
            RateLimitCheck(policy: policy.name, key: key, cost: min(max(links, 1), policy.capacity)))
        let fields = RateLimitHeaders(decision).fields
        guard decision.allowed else { throw Problem(.tooManyRequests, "Too many links at once.", headers: fields) }
        return fields
    }
}
