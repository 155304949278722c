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
        // However many changes are heard while policies are read, they are read once more.
        let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.listen(changed) }
                group.addTask { for await _ in changes { await self.reloadPolicies() } }
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
        do throws(RedisError) {
            // It takes from a bucket that is never empty: a Redis that is full, or only a replica by now, does not let it.
            let capacity = RateLimitPolicy.maximumCapacity
            _ = try await redis.send(
                RateLimiterScripts.tokenBucket.call(keys: ["rate-limiter:{probe}"], capacity, capacity, 1_000_000, 1))
        } catch {
            throw .redis(error)
        }
        guard heartbeat.isFresh(now: .now()) else { throw .heartbeatLost }
    }

    func loadPolicies() async throws(RedisError) {
        let turn = table.withLock { $0.beginLoading() }
        // Known before it is read, so that what is read has this instance's policies in it.
        var seededEpoch = table.withLock { $0.seededEpoch }
        var content = try await store.load()
        while content.epoch == nil || content.epoch != seededEpoch {
            // This instance has never written its policies, or Redis has lost everything since. Whoever else has written
            // others meanwhile: these come to them.
            let epoch = try await store.seed(configuration.policies, unlessIn: table.withLock { $0.seededEpoch })
            table.withLock { $0.seededEpoch = epoch }
            seededEpoch = epoch
            content = try await store.load()
        }
        let (policies, revision) = (content.policies, content.revision)
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

    private func listen(_ policiesChanged: AsyncStream<Void>.Continuation) async {
        await redis.subscribe(to: [RateLimiterKeys.events]) { subscription in
            for await event in subscription {
                switch event {
                case .subscribed, .dropped:
                    // Something may have been missed: whatever was derived from messages starts afresh.
                    denials.forgetAll()
                    roster.withLock { $0.listensAgain(at: .now()) }
                case .interrupted: denials.trust(until: .now())
                case .message(let message): hear(message.text, policiesChanged)
                }
            }
        }
    }

    private func hear(_ text: String, _ policiesChanged: AsyncStream<Void>.Continuation) {
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
        case .policiesChanged: policiesChanged.yield()
        case nil: break
        }
    }

    private func beat() async {
        while !Task.isCancelled {
            let alive = Event.alive(instance: heartbeat.instance, number: heartbeat.next(at: .now()))
            let replies = await redis.pipeline([
                RedisCommand("PUBLISH", RateLimiterKeys.events, alive.text), RedisCommand("GET", RateLimiterKeys.revision),
            ])
            do throws(RedisError) {
                let revision: String? = try replies[1].get().decode()
                if table.withLock({ !$0.isLoaded || $0.revision != revision }) {
                    try await loadPolicies()
                }
            } catch {
                logger.debug("No heartbeat", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Heartbeat.interval)
        }
    }
}
