import Redis
import Synchronization

extension RateLimiter {
    /// The policies in force in this instance, by name.
    public var policies: [RateLimitPolicy] { table.withLock { $0.policies } }

    /// Reads the policies from Redis now, which ``run()`` otherwise does whenever they change.
    /// - Throws: ``RateLimiterError/redis(_:)``.
    public func refreshPolicies() async throws(RateLimiterError) {
        do { try await loadPolicies() } catch { throw .redis(error) }
    }

    /// - Throws: ``RateLimiterError/unknownPolicy(_:)``, ``RateLimiterError/policiesUnavailable``.
    public func policy(named name: String) throws(RateLimiterError) -> RateLimitPolicy {
        try activePolicy(name).policy
    }

    /// Writes a policy. It is in force here on return, and on every instance within a second, also for keys that were
    /// refused before.
    /// - Returns: true when there was none of that name.
    /// - Throws: ``RateLimiterError/redis(_:)``.
    public func put(_ policy: RateLimitPolicy) async throws(RateLimiterError) -> Bool {
        try await change { () throws(RedisError) in try await store.put(policy) } && policy.name != RateLimitPolicy.fallback.name
    }

    /// Removes a policy; `default` is as it was at first.
    /// - Throws: ``RateLimiterError/unknownPolicy(_:)``, ``RateLimiterError/redis(_:)``.
    public func deletePolicy(named name: String) async throws(RateLimiterError) {
        let existed = try await change { () throws(RedisError) in try await store.delete(name) }
        if !existed && name != RateLimitPolicy.fallback.name { throw .unknownPolicy(name) }
    }

    private func change(_ body: () async throws(RedisError) -> Bool) async throws(RateLimiterError) -> Bool {
        do throws(RedisError) {
            let result = try await body()
            try await loadPolicies()
            return result
        } catch {
            throw .redis(error)
        }
    }
}
