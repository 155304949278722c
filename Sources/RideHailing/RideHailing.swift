public import Logging
public import Redis
public import ServiceLifecycle
import Synchronization

/// Drivers and where they are, fares, and rides that have exactly one driver; many instances share it through Redis.
///
/// A ride and its driver's state are looked at and written together, in one script for each change: a ride has one driver, and a driver
/// has one ride, whoever is killed or paused when. Each change says which version of the ride it saw; who comes late is refused.
/// ``run()`` must be running.
public final class RideHailing: Service {
    let redis: any RedisCommands
    let client: RedisClient
    let configuration: RideHailingConfiguration
    let routes: any RouteProvider
    let logger: Logger
    let matcher: Matcher
    let recorder: PositionRecorder
    let heard = RideEvents()
    let metrics = RideHailingMetrics()
    /// Before requests, which come from many riders at the same moment.
    let requests = Turnstile(width: 128)
    private let authenticator = Mutex(Shared(authenticator: Authenticator(), isShared: false))

    private struct Shared {
        var authenticator: Authenticator
        var isShared: Bool
    }

    public convenience init(
        redis: RedisClient, configuration: RideHailingConfiguration = .init(), routes: any RouteProvider = GreatCircleRoutes(),
        logger: Logger = Logger(label: "ride-hailing")
    ) {
        self.init(client: redis, redis: redis, configuration: configuration, routes: routes, logger: logger)
    }

    /// - Parameter redis: what commands go through.
    init(
        client: RedisClient, redis: any RedisCommands, configuration: RideHailingConfiguration,
        routes: any RouteProvider = GreatCircleRoutes(), logger: Logger = Logger(label: "ride-hailing")
    ) {
        (self.client, self.redis, self.configuration) = (client, redis, configuration)
        (self.routes, self.logger) = (routes, logger)
        matcher = Matcher(commands: redis, configuration: configuration, logger: logger)
        recorder = PositionRecorder(redis: redis, configuration: configuration)
    }

    func sharedAuthenticator() async throws(RideHailingError) -> Authenticator {
        let known = authenticator.withLock { $0 }
        return known.isShared ? known.authenticator : try await shareAuthenticator()
    }

    /// Reads it in any case; a Redis that has lost it gets it back.
    @discardableResult
    func shareAuthenticator() async throws(RideHailingError) -> Authenticator {
        let own = authenticator.withLock { $0.authenticator }
        let shared = try await own.shared(on: redis, deadline: configuration.redisDeadline)
        authenticator.withLock { $0 = Shared(authenticator: shared, isShared: true) }
        return shared
    }

    func send(_ command: RedisCommand) async throws(RideHailingError) -> RedisValue {
        do { return try await redis.send(command, deadline: configuration.redisDeadline) } catch { throw .redis(error) }
    }

    /// All replies of a pipeline, or the first error.
    func replies(to commands: [RedisCommand]) async throws(RideHailingError) -> [RedisValue] {
        try await redis.replies(to: commands, deadline: configuration.redisDeadline)
    }

    func decode<Value: RedisDecodable>(_ reply: RedisValue, as type: Value.Type = Value.self) throws(RideHailingError) -> Value {
        do { return try reply.decode() } catch { throw .redis(error) }
    }
}

extension RedisCommands {
    /// All replies of a pipeline, or the first error.
    func replies(to commands: [RedisCommand], deadline: Duration) async throws(RideHailingError) -> [RedisValue] {
        var values: [RedisValue] = []
        do throws(RedisError) {
            for reply in await pipeline(commands, deadline: deadline) { values.append(try reply.get()) }
        } catch {
            throw .redis(error)
        }
        return values
    }
}
