import NIOCore
import Redis

extension ServerDirectory {
    /// Whether users are connected, in the order asked.
    ///
    /// One round trip. Just after Redis came back, or was emptied, it waits until servers have entered again what they hold.
    /// - Parameter patience: how long it may wait for that.
    /// - Throws: ``ChatError/presenceUnsettled`` when that was too short.
    func presence(of users: [UserName], patience: Duration = .seconds(8)) async throws(ChatError) -> [Presence] {
        let end = NIODeadline.now() + TimeAmount(patience)
        var known: [UserName: Presence] = [:]
        var unknown = users
        while true {
            for presence in try await presenceNow(of: unknown) {
                if let presence { known[presence.user] = presence }
            }
            unknown = unknown.filter { known[$0] == nil }
            if unknown.isEmpty { return users.compactMap { known[$0] } }
            guard .now() < end, !Task.isCancelled else { throw .presenceUnsettled }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// - Returns: nil for each of whom it cannot be told now.
    func presenceNow(of users: [UserName]) async throws(ChatError) -> [Presence?] {
        guard !users.isEmpty else { return [] }
        // Leases last: a server has its lease before anything is entered under it.
        let commands = users.map { user in
            ServerScripts.readPresence.call(
                keys: [ChatKeys.connections(of: user), ChatKeys.lastSeen(of: user)], isIdempotent: true)
        }
        let replies = try await replies(to: commands + [leaseCommand("read")])
        let (server, local) = (server, connections(of: users))
        let (leases, isHeld) = try LeaseTable.read(replies[users.count])
        var presences: [Presence?] = []
        for (index, user) in users.enumerated() {
            guard case .array(let parts) = replies[index], case .integer(let lastSeen)? = parts.first else {
                throw .unreadableRecord
            }
            presences.append(
                .judge(
                    user, servers: parts.dropFirst().compactMap { try? $0.decode() }, lastSeen: lastSeen > 0 ? lastSeen : nil,
                    local: local[index], here: server, leases: leases, isHeld: isHeld))
        }
        return presences
    }
}
