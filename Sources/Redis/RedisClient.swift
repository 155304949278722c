public import Logging
public import NIOCore
public import NIOPosix
import Synchronization

/// A client of one Redis node: a connection on each event loop, made at once and kept up.
///
/// A caller on one of the event loops uses that loop's connection; all others are spread. It works from its creation
/// on; commands that are sent before there is a connection wait for it until their deadline.
public final class RedisClient: RedisCommands {
    public let configuration: RedisConfiguration
    let connections: [RedisConnection]
    private let eventLoops: [any EventLoop]
    let logger: Logger
    private let turn = Atomic<Int>(0)
    private let subscriptions: SubscriptionConnection

    /// - Parameter eventLoopGroup: whose event loops get a connection each.
    public init(
        _ configuration: RedisConfiguration, eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger = Logger(label: "redis")
    ) {
        self.configuration = configuration
        self.logger = logger
        eventLoops = Array(eventLoopGroup.makeIterator())
        precondition(!eventLoops.isEmpty, "an event loop group has at least one event loop")
        connections = eventLoops.map { RedisConnection(configuration: configuration, eventLoop: $0, logger: logger) }
        subscriptions = SubscriptionConnection(configuration: configuration, eventLoop: eventLoops[0], logger: logger)
    }

    public func send(_ command: RedisCommand, deadline: Duration?) async throws(RedisError) -> RedisValue {
        try await connection().send(command, deadline: deadline)
    }

    public func pipeline(_ commands: [RedisCommand], deadline: Duration?) async -> [Result<RedisValue, RedisError>] {
        await connection().pipeline(commands, deadline: deadline)
    }

    /// The connection of an event loop, for ``RedisConnection/execute(_:deadline:completion:)``; nil when the event loop is
    /// not one of this client's. O(event loops).
    public func connection(on eventLoop: any EventLoop) -> RedisConnection? {
        connections.first { $0.eventLoop === eventLoop }
    }

    /// Lends a connection of the caller's own: for commands that block, and for `WATCH`. It ends with `body`.
    ///
    /// Give a command that blocks a deadline that is longer than it blocks. Once connected, such a connection does not
    /// come back after a loss, since what the server kept for it is gone (a transaction would run without its `WATCH`):
    /// everything then fails with ``RedisError/Code/connectionLost``, and the caller begins anew with another.
    public func withDedicatedConnection<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: (RedisConnection) async throws -> Value
    ) async rethrows -> Value {
        let connection = RedisConnection(
            configuration: configuration, eventLoop: nextEventLoop(), logger: logger, isDedicated: true)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Subscribes to channels for as long as `body` runs. See ``RedisSubscription`` for what its reader is told.
    ///
    /// All subscriptions of a client share one connection, and come back by themselves after a loss.
    /// - Parameter bufferedMessages: so many messages are kept for a slow reader; more are dropped, and it is told.
    public func subscribe<Value>(
        to channels: [String], bufferedMessages: Int = 1024, isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisSubscription) async throws -> Value
    ) async rethrows -> Value {
        let subscription = RedisSubscription(channels: channels, capacity: bufferedMessages)
        subscriptions.add(subscription)
        defer { subscriptions.remove(subscription) }
        return try await body(subscription)
    }

    /// Why the node cannot be used now; nil while at least one connection can.
    public func failure() async -> RedisError? {
        var last: RedisError?
        for connection in connections {
            guard let failure = await connection.failure() else { return nil }
            last = failure
        }
        return last
    }

    /// Ends all connections. Commands that still wait fail with ``RedisError/Code/closed``.
    public func close() async {
        await subscriptions.close()
        for connection in connections { await connection.close() }
    }

    /// The connection of the event loop that this is called on, elsewhere one after the other.
    public func connection() -> RedisConnection {
        if connections.count > 1, let current = MultiThreadedEventLoopGroup.currentEventLoop, let own = connection(on: current) {
            return own
        }
        return connections[nextIndex()]
    }

    private func nextEventLoop() -> any EventLoop { eventLoops[nextIndex()] }

    private func nextIndex() -> Int {
        guard connections.count > 1 else { return 0 }
        return abs(turn.wrappingAdd(1, ordering: .relaxed).newValue % connections.count)
    }
}
