import Logging
import Redis

/// Whatever a server held whose lease has ended is cleared by any other one.
extension ServerDirectory {
    private static let pageSize = 500

    /// Clears what dead servers held.
    /// - Returns: how many servers.
    @discardableResult
    func clearDeadServers() async throws(ChatError) -> Int {
        var count = 0
        while let (server, lastSeen) = try await claim() {
            let connections = try await clear(server, lastSeen: lastSeen)
            metrics.noteCleared(connections: connections)
            logger.notice("A server was gone", metadata: ["server": "\(server.text)", "connections": "\(connections)"])
            count += 1
        }
        return count
    }

    private func claim() async throws(ChatError) -> (server: ServerID, lastSeen: Int)? {
        let reply = try await send(
            ServerScripts.claimServer.call(
                keys: [ChatKeys.leases, ChatKeys.leaseClock, ChatKeys.renewals, ChatKeys.claims], terms.slack.inMilliseconds,
                LeaseTerms.settling.inMilliseconds, LeaseTerms.claim.inMilliseconds))
        guard case .array(let parts) = reply else { return nil }
        guard parts.count == 2, let server = try? parts[0].decode(as: String.self),
            let lastSeen = try? parts[1].decode(as: Int.self)
        else { throw .unreadableRecord }
        return (ServerID(text: server), lastSeen)
    }

    /// May be interrupted anywhere, and done by two at once.
    /// - Returns: how many connections were removed.
    private func clear(_ server: ServerID, lastSeen: Int) async throws(ChatError) -> Int {
        let users = ChatKeys.users(of: server)
        var removed = 0
        while true {
            let texts: [String]
            let reply = try await send(RedisCommand("SRANDMEMBER", users, Self.pageSize))
            do throws(RedisError) {
                texts = try reply.decode()
            } catch {
                throw ChatError(error)
            }
            guard !texts.isEmpty else { break }
            let commands = texts.compactMap { UserName(encoded: $0.utf8) }.map { user in
                ServerScripts.clearConnections.call(
                    keys: [ChatKeys.connections(of: user), ChatKeys.lastSeen(of: user), ChatKeys.watchers(of: user)], server.text,
                    lastSeen, user.encoded)
            }
            for reply in try await replies(to: commands) {
                if case .integer(let count) = reply { removed += count }
            }
            _ = try await send(RedisCommand("SREM", arguments: [users] + texts))
        }
        _ = try await replies(to: [
            RedisCommand("DEL", ChatKeys.events(of: server.text)), RedisCommand("HDEL", ChatKeys.renewals, server.text),
            RedisCommand("ZREM", ChatKeys.claims, server.text),
        ])
        return removed
    }
}
