public import Logging
import Metrics
public import Redis
public import ServiceLifecycle
import Synchronization

/// A rate limiter that many instances share through Redis.
///
/// A check is one atomic script on Redis. A bucket that has just refused is refused from memory until it can have
/// refilled, and when Redis does not answer in time each policy's own rule decides. ``run()`` must be running: it reads the
/// policies, hears of changes, and keeps what is remembered trustworthy.
public final class RateLimiter: Service {
    public struct Configuration: Sendable {
        /// How long Redis may take for a check before the policy's rule for its failure decides.
        public var redisDeadline: Duration = .milliseconds(100)
        /// How many refusing buckets are remembered at most.
        public var rememberedDenials = 65_536
        /// How many buckets are counted in memory at most while Redis is gone.
        public var localBuckets = 10_000
        /// Written to Redis at the start, each in place of what has its name there.
        public var policies: [RateLimitPolicy] = []

        public init() {}
    }

    let redis: RedisClient
    let configuration: Configuration
    let logger: Logger
    let store: PolicyStore
    let table: Mutex<PolicyTable>
    let denials: DenialCache
    let local: Mutex<LocalLimiter>
    let roster = Mutex(InstanceRoster())
    /// How many instances share the limits, itself among them.
    let instances = Gauge(label: "rate_limiter_instances")
    let heartbeat = Heartbeat()

    public init(redis: RedisClient, configuration: Configuration = .init(), logger: Logger = Logger(label: "rate-limiter")) {
        (self.redis, self.configuration, self.logger) = (redis, configuration, logger)
        store = PolicyStore(redis: redis, logger: logger)
        table = Mutex(PolicyTable(configuration.policies))
        denials = DenialCache(capacity: configuration.rememberedDenials)
        local = Mutex(LocalLimiter(capacity: configuration.localBuckets))
    }

    /// Decides one check, and takes its cost when it is within the limit.
    ///
    /// One round trip to Redis, or none when the answer is known. O(1); with a sliding window O(entries that left).
    /// - Throws: ``RateLimiterError`` when the question is not in order: unknown policy, key or cost out of range.
    public func check(_ check: RateLimitCheck) async throws(RateLimiterError) -> RateLimitDecision {
        switch try begin(check) {
        case .decided(let decision): return decision
        case .ask(let question):
            return finish(question, await reply(to: question.command))
        }
    }

    /// Decides one check on an event loop, without a task: for what is asked very often.
    /// - Parameters:
    ///   - connection: the event loop's own, of the same client: ``RedisClient/connection(on:)``.
    ///   - completion: called on the event loop, at once when the answer is known.
    public func check(
        _ check: RateLimitCheck, on connection: RedisConnection,
        completion: @escaping (Result<RateLimitDecision, RateLimiterError>) -> Void
    ) {
        do throws(RateLimiterError) {
            switch try begin(check) {
            case .decided(let decision): completion(.success(decision))
            case .ask(let question):
                connection.execute(question.command, deadline: configuration.redisDeadline) { result in
                    completion(.success(self.finish(question, result)))
                }
            }
        } catch {
            completion(.failure(error))
        }
    }

    /// How a check would be decided, without taking anything.
    public func peek(_ check: RateLimitCheck) async throws(RateLimiterError) -> RateLimitDecision {
        let question = try look(check)
        return finish(question, await reply(to: question.command))
    }

    /// Makes a bucket full again, and has every instance forget within a second that it was empty.
    /// - Throws: ``RateLimiterError/redis(_:)`` when Redis did not answer: then it may have happened or not.
    public func reset(policy name: String, key: String) async throws(RateLimiterError) {
        let active = try activePolicy(name)
        try validate(key: key)
        // Afterwards, so that no answer from before stays; and also when Redis was too late to say that it is done.
        defer { denials.forget(Bucket(policy: active.policy.name, key: key)) }
        do {
            _ = try await redis.send(
                RateLimiterScripts.resetBucket.call(
                    keys: [RateLimiterKeys.bucket(of: active.policy, key: key)], RateLimiterKeys.events,
                    Event.reset(Bucket(policy: active.policy.name, key: key)).text, isIdempotent: true))
        } catch {
            throw .redis(error)
        }
    }

    private func reply(to command: RedisCommand) async -> Result<RedisValue, RedisError> {
        do throws(RedisError) {
            return .success(try await redis.send(command, deadline: configuration.redisDeadline))
        } catch {
            return .failure(error)
        }
    }
}
