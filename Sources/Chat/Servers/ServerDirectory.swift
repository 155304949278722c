import Logging
import NIOCore
import Redis
import Synchronization

/// Which servers there are, and who is connected to which of them.
///
/// A server holds a lease that it renews once a second, whatever it holds; a connection counts while the lease of its server lasts.
/// Everything about who is connected is entered under the server's identifier, and is entered again when it may have been lost.
final class ServerDirectory: Sendable {
    let redis: any RedisCommands
    let terms: LeaseTerms
    let deadline: Duration
    let logger: Logger
    let metrics = ServerMetrics()
    /// Signals that something is to be entered.
    let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation
    /// Signals that a server is dead, and not cleared.
    let deaths: AsyncStream<Void>
    private let died: AsyncStream<Void>.Continuation
    let state = Mutex(State())

    struct State {
        var server = ServerID.random()
        /// Whether the server has had a lease under this identifier.
        var isRegistered = false
        /// The name of what Redis held when the lease was last renewed; empty before the first time.
        var content = ""
        var renewedAt: NIODeadline?
        var registrations = Registrations()
        var connectionWaiters: [ConnectionID: @Sendable () -> Void] = [:]
        var watchWaiters: [UserName: [@Sendable () -> Void]] = [:]
    }

    init(redis: any RedisCommands, lease: Duration, deadline: Duration, logger: Logger) {
        (self.redis, self.deadline, self.logger) = (redis, deadline, logger)
        terms = LeaseTerms(lease: lease)
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (deaths, died) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The identifier under which this server is known now.
    var server: ServerID { state.withLock { $0.server } }

    /// Whether the lease was renewed lately.
    func isAlive(now: NIODeadline) -> Bool {
        state.withLock { $0.isRegistered && ($0.renewedAt.map { $0 + TimeAmount(terms.interval * 4) > now } ?? false) }
    }

    // MARK: Connections

    /// - Parameter entered: called once the connection is entered, and again never: from then on what is sent to the user is
    ///   published to this server.
    func open(_ connection: ConnectionID, of user: UserName, entered: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.registrations.open(connection, of: user)
            state.connectionWaiters[connection] = entered
        }
        signal()
    }

    func close(_ connection: ConnectionID) {
        state.withLock { state in
            state.registrations.close(connection)
            state.connectionWaiters[connection] = nil
        }
        signal()
    }

    /// How many connections users have to this server.
    func connections(of users: [UserName]) -> [Int] {
        state.withLock { state in users.map { state.registrations.users[$0]?.count ?? 0 } }
    }

    /// How many connections there are to this server.
    var connectionCount: Int { state.withLock { $0.registrations.connections.count } }

    // MARK: Watching

    /// - Parameter entered: called once whoever changes the user's presence tells this server.
    func watch(_ user: UserName, entered: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.registrations.watch(user)
            state.watchWaiters[user, default: []].append(entered)
        }
        signal()
    }

    func unwatch(_ user: UserName) {
        state.withLock { $0.registrations.unwatch(user) }
        signal()
    }

    /// Has everything entered again.
    func enterAgain() {
        state.withLock { $0.registrations.renew() }
        signal()
    }

    func enterAgain(part: Int, of parts: Int) {
        state.withLock { $0.registrations.renew(part: part, of: parts) }
        signal()
    }

    func signal() { changed.yield() }

    func reportDead() { died.yield() }

    // MARK: Redis

    func send(_ command: RedisCommand) async throws(ChatError) -> RedisValue {
        do { return try await redis.send(command, deadline: deadline) } catch { throw ChatError(error) }
    }

    /// All replies, or the first error; five hundred commands at a time, since each pipeline waits as a whole.
    func replies(to commands: [RedisCommand]) async throws(ChatError) -> [RedisValue] {
        var values: [RedisValue] = []
        values.reserveCapacity(commands.count)
        for start in stride(from: 0, to: commands.count, by: 500) {
            let part = Array(commands[start..<min(start + 500, commands.count)])
            for reply in await redis.pipeline(part, deadline: part.count > 10 ? max(deadline, .seconds(5)) : deadline) {
                do { values.append(try reply.get()) } catch { throw ChatError(error) }
            }
        }
        return values
    }
}
