import Redis
import Synchronization

extension RateLimiter {
    /// Decides several checks as one: all are within their limits and their costs are taken, or nothing is taken anywhere.
    ///
    /// One round trip to Redis. The same bucket twice is asked for both costs. A shadow policy refuses nothing.
    /// - Parameter checks: 1 to 16.
    /// - Throws: ``RateLimiterError`` when the question is not in order.
    public func check(_ checks: [RateLimitCheck]) async throws(RateLimiterError) -> RateLimitVerdict {
        guard (1...RateLimiterError.maximumChecks).contains(checks.count) else { throw .invalidCheckCount }
        let actives = try activePolicies(checks.map(\.policy))
        let totals = try validTotals(of: checks, actives)

        let call = RateLimiterScripts.checkAll.call(
            keys: zip(checks, actives).map { RateLimiterKeys.bucket(of: $1.policy, key: $0.key) },
            arguments: zip(checks, actives).flatMap { check, active -> [any RedisArgument] in
                let policy = active.policy
                return [
                    policy.algorithm.rawValue, policy.capacity, policy.refillTokens, policy.refillPeriodMicroseconds,
                    check.cost, policy.shadow ? 1 : 0,
                ]
            })
        let decisions = await reply(to: call, of: actives) ?? decideWithoutRedis(checks, actives, totals)
        for (active, decision) in zip(actives, decisions) { active.count(decision) }
        return RateLimitVerdict(allowed: decisions.allSatisfy(\.allowed), decisions: decisions)
    }

    /// nil when Redis did not decide.
    private func reply(to call: RedisCommand, of actives: [ActivePolicy]) async -> [RateLimitDecision]? {
        guard case .array(let parts)? = try? await redis.send(call, deadline: configuration.redisDeadline) else { return nil }
        let outcomes = parts.dropFirst().compactMap { RateLimitOutcome(reply: $0) }
        guard outcomes.count == actives.count else { return nil }
        return zip(actives, outcomes).map { RateLimitDecision($1, of: $0.policy, decidedBy: .redis) }
    }

    /// All or nothing here too, in the way of the script: looks first, and takes only when everybody may pass.
    private func decideWithoutRedis(
        _ checks: [RateLimitCheck], _ actives: [ActivePolicy], _ totals: [Bucket: Int]
    ) -> [RateLimitDecision] {
        local.withLock { local in
            func decide(_ bucket: Bucket, of active: ActivePolicy, commit: Bool) -> RateLimitDecision {
                decideWithoutRedis(bucket, cost: totals[bucket, default: 1], of: active.policy, commit: commit, &local)
            }
            let buckets = zip(checks, actives).map { Bucket(policy: $1.policy.name, key: $0.key) }
            let looks = zip(buckets, actives).map { decide($0, of: $1, commit: false) }
            guard looks.allSatisfy(\.allowed) else { return looks }

            var answers: [Bucket: RateLimitDecision] = [:]
            for (index, bucket) in buckets.enumerated() where answers[bucket] == nil {
                answers[bucket] = looks[index].isWithinLimit ? decide(bucket, of: actives[index], commit: true) : looks[index]
            }
            return zip(buckets, looks).map { answers[$0] ?? $1 }
        }
    }

    /// What is asked of each bucket altogether.
    private func validTotals(of checks: [RateLimitCheck], _ actives: [ActivePolicy]) throws(RateLimiterError) -> [Bucket: Int] {
        var totals: [Bucket: Int] = [:]
        for (index, (check, active)) in zip(checks, actives).enumerated() {
            let policy = active.policy
            do { try validate(check, of: policy) } catch { throw .invalidCheck(index: index, error) }
            let total = totals[Bucket(policy: policy.name, key: check.key), default: 0] + check.cost
            guard total <= policy.capacity else {
                throw .costsExceedCapacity(policy: policy.name, capacity: policy.capacity)
            }
            totals[Bucket(policy: policy.name, key: check.key)] = total
        }
        return totals
    }
}
