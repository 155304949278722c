import Logging
import Metrics
import NIOCore
import Redis
import ServiceLifecycle
import Synchronization

/// What keeps an instance in step with the others: it reads the policies, hears of resets and changes, and sends a
/// heartbeat that comes back to itself.
extension RateLimiter {
    /// Runs until the task is cancelled or the service group shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.listen() }
                group.addTask { await self.beat() }
                await group.waitForAll()
            }
        }
    }

    /// Checks that limits work, rather than that a port is open: a script's round trip, a message that was published and
    /// came back, policies that were read.
    /// - Throws: what does not work.
    public func probe() async throws(RateLimiterError) {
        guard table.withLock({ $0.isLoaded }) else { throw .policiesUnavailable }
        let policy = RateLimitPolicy.fallback
        do throws(RedisError) {
            _ = try await redis.send(
                RateLimiterScripts.tokenBucket.call(
                    keys: ["rate-limiter:{probe}"], policy.capacity, policy.refillTokens, policy.refillPeriodMicroseconds, 1, "",
                    "look"))
        } catch {
            throw .redis(error)
        }
        guard heartbeat.isFresh(now: .now()) else { throw .heartbeatLost }
    }

    func loadPolicies() async throws(RedisError) {
        let turn = table.withLock { $0.beginLoading() }
        var (policies, revision) = try await store.load()
        if revision == nil {
            // Never written, or Redis has lost everything.
            try await seedPolicies()
            (policies, revision) = try await store.load()
        }
        let hasChanged = table.withLock { $0.load(policies, revision: revision, turn: turn) }
        // If Redis lost everything, then its buckets too.
        if hasChanged { denials.forgetAll() }
    }

    private func reloadPolicies() async {
        // Until this instance has written its own, those of Redis would take them out of force for a moment.
        guard table.withLock({ $0.isLoaded }) else { return }
        // When this fails the next heartbeat sees a revision that is not ours.
        do { try await loadPolicies() } catch { logger.debug("Policies not read", metadata: ["error": "\(error)"]) }
    }

    private func seedPolicies() async throws(RedisError) {
        try await store.begin()
        for policy in configuration.policies { _ = try await store.put(policy) }
    }

    private func listen() async {
        await redis.subscribe(to: [RateLimiterKeys.events]) { subscription in
            for await event in subscription {
                switch event {
                case .subscribed, .dropped:
                    // Something may have been missed: whatever was derived from messages starts afresh.
                    denials.forgetAll()
                    roster.withLock { $0.listensAgain(at: .now()) }
                case .interrupted: break
                case .message(let message): await hear(message.text)
                }
            }
        }
    }

    private func hear(_ text: String) async {
        switch Event(text: text) {
        case .alive(let instance, let number):
            let now = NIODeadline.now()
            instances.record(
                roster.withLock { roster in
                    roster.heard(instance, at: now)
                    return roster.count
                })
            if instance == heartbeat.instance, let sentAt = heartbeat.cameBack(number, at: now) {
                // One channel, one order: all that was published before this heartbeat was sent has been heard.
                denials.trust(until: sentAt + Heartbeat.trust)
            }
        case .reset(let bucket): denials.forget(bucket)
        case .policiesChanged: await reloadPolicies()
        case nil: break
        }
    }

    private func beat() async {
        var isSeeded = false
        while !Task.isCancelled {
            let alive = Event.alive(instance: heartbeat.instance, number: heartbeat.next(at: .now()))
            let replies = await redis.pipeline([
                RedisCommand("PUBLISH", RateLimiterKeys.events, alive.text), RedisCommand("GET", RateLimiterKeys.revision),
            ])
            do throws(RedisError) {
                let revision: String? = try replies[1].get().decode()
                if !isSeeded {
                    try await seedPolicies()
                    try await loadPolicies()
                    isSeeded = true
                } else if table.withLock({ !$0.isLoaded || $0.revision != revision }) {
                    try await loadPolicies()
                }
            } catch {
                logger.debug("No heartbeat", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Heartbeat.interval)
        }
    }
}
