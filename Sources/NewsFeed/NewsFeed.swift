public import Logging
public import Redis
public import ServiceLifecycle
import Synchronization

/// Posts of those whom one follows, newest first; many instances share it through Redis.
///
/// A post is safe in a queue before its author is told; workers bring it into the timelines of his followers, or leave it in his own
/// list, from which it is merged when a feed is read. The authors' lists are the truth, timelines are only faster: what a timeline
/// does not know for certain is read from the lists. ``run()`` must be running.
public final class NewsFeed: Service {
    let redis: any RedisCommands
    let client: RedisClient
    let configuration: NewsFeedConfiguration
    let logger: Logger
    let worker: FanOutWorker
    let follows = FollowCache()
    let announcer = Announcer()
    let metrics = NewsFeedMetrics()
    private let cursors = Mutex(Cursors(key: .random(), isShared: false))

    private struct Cursors {
        /// A random one until that of all instances is known.
        var key: CursorKey
        var isShared: Bool
    }

    public convenience init(
        redis: RedisClient, configuration: NewsFeedConfiguration = .init(), logger: Logger = Logger(label: "news-feed")
    ) {
        self.init(client: redis, redis: redis, configuration: configuration, logger: logger)
    }

    /// - Parameter redis: what commands go through.
    init(client: RedisClient, redis: any RedisCommands, configuration: NewsFeedConfiguration, logger: Logger) {
        (self.client, self.redis, self.configuration, self.logger) = (client, redis, configuration, logger)
        worker = FanOutWorker(redis: client, configuration: configuration, logger: logger)
    }

    func cursorKey() async throws(NewsFeedError) -> CursorKey {
        let known = cursors.withLock { $0 }
        return known.isShared ? known.key : try await shareCursorKey()
    }

    /// Reads it in any case; a Redis that has lost it gets it back.
    @discardableResult
    func shareCursorKey() async throws(NewsFeedError) -> CursorKey {
        let own = cursors.withLock { $0.key }
        let shared = try await CursorKey.share(own, on: redis, deadline: configuration.redisDeadline)
        cursors.withLock { $0 = Cursors(key: shared, isShared: true) }
        return shared
    }

    func send(_ command: RedisCommand) async throws(NewsFeedError) -> RedisValue {
        do { return try await redis.send(command, deadline: configuration.redisDeadline) } catch { throw .redis(error) }
    }

    /// All replies of a pipeline, or the first error.
    func replies(to commands: [RedisCommand], deadline: Duration? = nil) async throws(NewsFeedError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        do {
            return try await redis.replies(to: commands, deadline: deadline ?? configuration.redisDeadline)
        } catch {
            throw .redis(error)
        }
    }

    /// Microseconds since 1970 by the clock that all instances share.
    func redisTime() async throws(NewsFeedError) -> Int {
        let parts: [Int] = try decode(try await send(RedisCommand("TIME", isIdempotent: true)))
        guard parts.count == 2 else { throw .unreadableRecord }
        return parts[0] * 1_000_000 + parts[1]
    }

    func decode<Value: RedisDecodable>(_ reply: RedisValue, as type: Value.Type = Value.self) throws(NewsFeedError) -> Value {
        do { return try reply.decode() } catch { throw .redis(error) }
    }
}
