import Logging
import Redis
import Synchronization

extension ServerDirectory {
    private static let batchSize = 500
    /// Of what nobody enters again: every server does, once a minute.
    private static let forgottenAfter = Duration.seconds(86_400)

    /// Enters whatever changes, as soon as there is a lease, until the task is cancelled.
    func enterChangesAgainAndAgain() async {
        for await _ in changes {
            var pause = Duration.milliseconds(10)
            while !Task.isCancelled {
                do {
                    while try await enterChanges() {}
                    break
                } catch {
                    logger.debug("Connections were not entered", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: pause)
                    pause = min(pause * 2, .milliseconds(500))
                }
            }
        }
    }

    /// Enters a part of what has changed.
    /// - Returns: whether there may be more.
    func enterChanges() async throws(ChatError) -> Bool {
        let next: (server: ServerID, batch: Registrations.Batch)? = state.withLock { state in
            guard state.isRegistered, state.registrations.hasChanges else { return nil }
            return (state.server, state.registrations.takeBatch(limit: Self.batchSize))
        }
        guard let (server, batch) = next else { return false }
        let replies: [RedisValue]
        do throws(ChatError) {
            replies = try await self.replies(to: commands(for: batch, of: server))
        } catch {
            state.withLock { $0.registrations.putBack(batch) }
            throw error
        }
        let entered: [@Sendable () -> Void] = state.withLock { state in
            // All of it is entered under the new identifier soon.
            guard state.server == server, state.isRegistered else { return [] }
            return batch.opened.keys.compactMap { state.connectionWaiters.removeValue(forKey: $0) }
                + batch.watched.flatMap { state.watchWaiters.removeValue(forKey: $0) ?? [] }
        }
        for call in entered { call() }
        try await removeWatchers(batch, unheard: replies)
        return true
    }

    /// Whose connections are to be cleared is written first and removed last; who comes is entered before who goes is removed.
    private func commands(for batch: Registrations.Batch, of server: ServerID) -> [RedisCommand] {
        let users = ChatKeys.users(of: server)
        var commands = batch.opened.map { connection, user in
            ServerScripts.openConnection.call(
                keys: [ChatKeys.connections(of: user), ChatKeys.watchers(of: user)], connection.text, server.text, user.encoded,
                Self.forgottenAfter.inMilliseconds)
        }
        commands += batch.closed.map { connection, user in
            ServerScripts.closeConnection.call(
                keys: [ChatKeys.connections(of: user), ChatKeys.lastSeen(of: user), ChatKeys.watchers(of: user)],
                connection.text, user.encoded)
        }
        if !batch.present.isEmpty {
            commands.insert(RedisCommand("SADD", arguments: [users] + batch.present.map(\.encoded)), at: 0)
            commands.append(RedisCommand("PEXPIRE", users, Self.forgottenAfter.inMilliseconds))
        }
        if !batch.absent.isEmpty { commands.append(RedisCommand("SREM", arguments: [users] + batch.absent.map(\.encoded))) }
        for user in batch.watched {
            commands.append(RedisCommand("SADD", ChatKeys.watchers(of: user), server.text))
            commands.append(RedisCommand("PEXPIRE", ChatKeys.watchers(of: user), Self.forgottenAfter.inMilliseconds))
        }
        for user in batch.unwatched { commands.append(RedisCommand("SREM", ChatKeys.watchers(of: user), server.text)) }
        return commands
    }

    /// Watching servers that nobody listens for, and that have no lease.
    private func removeWatchers(_ batch: Registrations.Batch, unheard replies: [RedisValue]) async throws(ChatError) {
        let first = batch.present.isEmpty ? 0 : 1
        var unheard: [(UserName, [String])] = []
        for (user, reply) in zip(Array(batch.opened.values) + Array(batch.closed.values), replies.dropFirst(first)) {
            guard let servers = try? reply.decode(as: [String].self), !servers.isEmpty else { continue }
            unheard.append((user, servers))
        }
        guard !unheard.isEmpty else { return }
        let leases = try await readLeases().table
        let commands = unheard.compactMap { user, servers -> RedisCommand? in
            let gone = servers.filter { leases.ends[$0] == nil }
            return gone.isEmpty ? nil : RedisCommand("SREM", arguments: [ChatKeys.watchers(of: user)] + gone)
        }
        _ = try await self.replies(to: commands)
    }
}
