import Logging
import NIOCore
import Redis
import Synchronization

extension ServerDirectory {
    private enum Mode: String {
        case renew, register, read
    }

    /// Renews this server's lease. When it is gone (this server stood still for too long, or Redis has lost everything) the server
    /// goes on under another identifier, and enters all that it holds again.
    /// - Returns: who holds leases, and whether the server has another identifier now.
    @discardableResult
    func renew() async throws(ChatError) -> (leases: LeaseTable, isNew: Bool) {
        if state.withLock({ $0.isRegistered }) {
            let (leases, isHeld) = try await leases(.renew)
            if isHeld {
                note(leases)
                return (leases, false)
            }
            metrics.noteLeaseLost()
            logger.notice("The server's lease was lost")
        }
        // Another one with each attempt: one that failed may have been executed, and then be cleared by others.
        state.withLock { state in
            (state.server, state.isRegistered) = (.random(), false)
        }
        let (leases, _) = try await leases(.register)
        // Who publishes for a server counts its events, and takes one without a count for gone.
        let events = ChatKeys.events(of: server.text)
        _ = try await send(RedisCommand("SET", arguments: [events, 1, "EX", 3600], isIdempotent: true))
        state.withLock { state in
            state.isRegistered = true
            state.registrations.renew()
        }
        note(leases)
        signal()
        return (leases, true)
    }

    /// Who holds leases now, and whether this server does.
    func readLeases() async throws(ChatError) -> (table: LeaseTable, isHeld: Bool) { try await leases(.read) }

    private func leases(_ mode: Mode) async throws(ChatError) -> (table: LeaseTable, isHeld: Bool) {
        try LeaseTable.read(try await send(leaseCommand(mode.rawValue)))
    }

    /// - Parameter mode: `renew`, `register` or `read`.
    func leaseCommand(_ mode: String) -> RedisCommand {
        let (server, content) = state.withLock { ($0.server, $0.content) }
        return ServerScripts.renewLease.call(
            keys: [ChatKeys.leases, ChatKeys.leaseClock, ChatKeys.renewals], server.text, mode, terms.length.inMilliseconds,
            terms.slack.inMilliseconds, LeaseTerms.settling.inMilliseconds, content, isIdempotent: true)
    }

    private func note(_ leases: LeaseTable) {
        state.withLock { state in
            state.content = leases.state
            state.renewedAt = .now()
        }
        metrics.note(servers: leases.ends.keys.count { leases.isLive($0) })
    }

    /// Publishes a beat to this server itself, which hears it after everything that was published before.
    /// - Returns: its number; nil: the count of this server's events is lost, and the server goes on under another identifier with the
    ///   next renewal.
    func beat() async throws(ChatError) -> Int? {
        let server = server
        let reply = try await send(ServerScripts.publishBeat.call(keys: [ChatKeys.events(of: server.text)], server.text))
        if case .integer(let number) = reply { return number }
        state.withLock { state in
            if state.server == server { state.isRegistered = false }
        }
        return nil
    }

    /// Gives the lease back, after all connections were closed: what could not be entered ends with the lease, as a dead server's.
    func leave() async throws(ChatError) {
        while try await enterChanges() {}
        let server = state.withLock { state in
            defer { state.isRegistered = false }
            return state.registrations.connections.isEmpty && state.isRegistered ? state.server : nil
        }
        guard let server else { return }
        _ = try await replies(to: [
            RedisCommand("ZREM", ChatKeys.leases, server.text), RedisCommand("HDEL", ChatKeys.renewals, server.text),
            RedisCommand("DEL", ChatKeys.events(of: server.text)),
        ])
    }
}

extension Duration {
    var inMilliseconds: Int { Int(self / .milliseconds(1)) }
}
