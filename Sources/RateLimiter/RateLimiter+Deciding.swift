import NIOCore
import Redis
import Synchronization

/// How one check is decided: pure steps before and after the question to Redis, the same for tasks and for event loops.
extension RateLimiter {
    enum Step {
        case decided(RateLimitDecision)
        case ask(Question)
    }

    /// What has to be known when the answer comes.
    struct Question {
        let active: ActivePolicy
        let bucket: Bucket
        let cost: Int
        let commit: Bool
        let askedAt: NIODeadline
        let resets: Int
        let command: RedisCommand
    }

    func begin(_ check: RateLimitCheck) throws(RateLimiterError) -> Step {
        let active = try activePolicy(check.policy)
        try validate(check, of: active.policy)
        let bucket = Bucket(policy: active.policy.name, key: check.key)
        let now = NIODeadline.now()
        switch denials.look(for: check.cost, from: bucket, generation: active.generation, now: now) {
        case .denied(let denial):
            let decision = denial.decision(for: check.cost, of: active.policy, now: now)
            active.count(decision)
            return .decided(decision)
        case .unknown(let resets):
            return .ask(question(bucket, cost: check.cost, of: active, commit: true, now: now, resets: resets))
        }
    }

    /// A question that takes nothing, whose answer is not remembered.
    func look(_ check: RateLimitCheck) throws(RateLimiterError) -> Question {
        let active = try activePolicy(check.policy)
        try validate(check, of: active.policy)
        let bucket = Bucket(policy: active.policy.name, key: check.key)
        return question(
            bucket, cost: check.cost, of: active, commit: false, now: .now(), resets: 0)
    }

    private func question(
        _ bucket: Bucket, cost: Int, of active: ActivePolicy, commit: Bool, now: NIODeadline, resets: Int
    ) -> Question {
        let policy = active.policy
        let script = RateLimiterScripts.script(of: policy.algorithm)
        let key = RateLimiterKeys.bucket(of: policy, key: bucket.key)
        let command =
            commit
            ? script.call(keys: [key], policy.capacity, policy.refillTokens, policy.refillPeriodMicroseconds, cost)
            : script.call(keys: [key], policy.capacity, policy.refillTokens, policy.refillPeriodMicroseconds, cost, "", "look")
        return Question(
            active: active, bucket: bucket, cost: cost, commit: commit, askedAt: now,
            resets: resets, command: command)
    }

    func finish(_ question: Question, _ result: Result<RedisValue, RedisError>) -> RateLimitDecision {
        let policy = question.active.policy
        let decision: RateLimitDecision
        if case .success(let reply) = result, let outcome = RateLimitOutcome(reply: reply) {
            decision = RateLimitDecision(outcome, of: policy, decidedBy: .redis)
            if outcome.isLimited && question.commit { remember(outcome, of: question) }
        } else {
            decision = local.withLock { local in
                decideWithoutRedis(question.bucket, cost: question.cost, of: policy, commit: question.commit, &local)
            }
        }
        if question.commit { question.active.count(decision) }
        return decision
    }

    private func remember(_ outcome: RateLimitOutcome, of question: Question) {
        let denial = DenialCache.Denial(
            cost: question.cost, outcome: outcome, askedAt: question.askedAt, answeredAt: .now(),
            generation: question.active.generation)
        denials.remember(denial, of: question.bucket, since: question.resets)
    }

    func decideWithoutRedis(
        _ bucket: Bucket, cost: Int, of policy: RateLimitPolicy, commit: Bool, _ local: inout LocalLimiter
    ) -> RateLimitDecision {
        switch policy.onRedisFailure {
        case .allow:
            return RateLimitDecision(
                RateLimitOutcome(isLimited: false, remaining: policy.capacity - cost, retryAfter: nil, resetAfter: 0),
                of: policy, decidedBy: .failureRule)
        case .deny:
            let outcome = RateLimitOutcome(
                isLimited: true, remaining: 0, retryAfter: Self.retryWithoutRedis, resetAfter: Self.retryWithoutRedis)
            return RateLimitDecision(outcome, of: policy, decidedBy: .failureRule)
        case .local:
            let share = policy.share(of: roster.withLock { $0.count })
            var outcome = local.take(cost, from: bucket, policy: share, now: .now(), commit: commit)
            // More than the share ever holds can pass only once Redis is back.
            if outcome.retryAfter == RateLimitOutcome.never { outcome.retryAfter = Self.retryWithoutRedis }
            return RateLimitDecision(outcome, of: policy, decidedBy: .local)
        }
    }

    /// Whom the lack of Redis refused may ask again after a second: that is how fast it is noticed that Redis is back.
    private static let retryWithoutRedis = 1_000_000

    /// The policies of several checks, all of one moment.
    func activePolicies(_ names: [String]) throws(RateLimiterError) -> [ActivePolicy] {
        try table.withLock { table throws(RateLimiterError) in
            var actives: [ActivePolicy] = []
            for (index, name) in names.enumerated() {
                do throws(RateLimiterError) { actives.append(try table.policy(named: name)) } catch {
                    throw .invalidCheck(index: index, error)
                }
            }
            return actives
        }
    }

    func activePolicy(_ name: String) throws(RateLimiterError) -> ActivePolicy {
        try table.withLock { table throws(RateLimiterError) in try table.policy(named: name) }
    }

    func validate(_ check: RateLimitCheck, of policy: RateLimitPolicy) throws(RateLimiterError) {
        try validate(key: check.key)
        guard (1...policy.capacity).contains(check.cost) else { throw .invalidCost(capacity: policy.capacity) }
    }

    func validate(key: String) throws(RateLimiterError) {
        guard (1...RateLimiterError.maximumKeyLength).contains(key.utf8.count) else { throw .invalidKey }
    }
}

extension RateLimitDecision {
    init(_ outcome: RateLimitOutcome, of policy: RateLimitPolicy, decidedBy decider: Decider) {
        self.init(
            policy: policy, isWithinLimit: !outcome.isLimited, remaining: outcome.remaining,
            retryAfterMicroseconds: outcome.retryAfter, resetAfterMicroseconds: outcome.resetAfter, decidedBy: decider)
    }
}

extension RateLimitOutcome {
    /// Reads `{limited, limit, remaining, retry_after_us or -1, reset_after_us}`.
    init?(reply: RedisValue) {
        guard case .array(let parts) = reply, parts.count == 5,
            case .integer(let limited) = parts[0], case .integer(let remaining) = parts[2],
            case .integer(let retryAfter) = parts[3], case .integer(let resetAfter) = parts[4]
        else { return nil }
        self.init(
            isLimited: limited == 1, remaining: remaining, retryAfter: limited == 1 ? retryAfter : nil, resetAfter: resetAfter)
    }
}

extension DenialCache.Denial {
    /// What the bucket would answer by now. Tokens have arrived since; what was too little then is too little still.
    func decision(for asked: Int, of policy: RateLimitPolicy, now: NIODeadline) -> RateLimitDecision {
        let elapsed = Int((now - answeredAt).nanoseconds / 1000)
        let resetAfter = max(0, outcome.resetAfter - elapsed)
        var remaining = outcome.remaining
        if policy.algorithm == .tokenBucket {
            let arriving = Double(resetAfter) * Double(policy.refillTokens) / Double(policy.refillPeriodMicroseconds)
            remaining = min(max(outcome.remaining, policy.capacity - Int(arriving.rounded(.up))), cost - 1)
        }
        return RateLimitDecision(
            policy: policy, isWithinLimit: false, remaining: remaining,
            retryAfterMicroseconds: max(1, wait(for: asked, of: policy) - elapsed), resetAfterMicroseconds: resetAfter,
            decidedBy: .memory)
    }

    /// How long a cost has to wait, from when the question was answered. Only this denial's own cost is known to the
    /// microsecond; a greater one never waits too short.
    private func wait(for asked: Int, of policy: RateLimitPolicy) -> Int {
        let known = outcome.retryAfter ?? 0
        guard asked > cost else { return known }
        switch policy.algorithm {
        case .tokenBucket:
            let (product, overflow) = (asked - cost).multipliedReportingOverflow(by: policy.refillPeriodMicroseconds)
            guard !overflow else { return outcome.resetAfter }
            return min(outcome.resetAfter, known + (product + policy.refillTokens - 1) / policy.refillTokens)
        case .fixedWindow: return known
        // Which entries leave when is known to the log alone; when all have left there is room for everything.
        case .slidingWindow: return outcome.resetAfter
        }
    }
}
