/// Whether a user is connected.
public struct Presence: Sendable, Hashable {
    public let user: UserName
    public let isOnline: Bool
    /// When a connection of the user last ended, or was last known to be alive, in milliseconds since 1970; nil: never.
    public let lastSeenAt: Int?
    /// How many connections the user has, on all servers.
    public let connections: Int
}

extension Presence {
    /// What follows from what is entered and from who holds leases.
    /// - Parameters:
    ///   - servers: that of each connection that is entered.
    ///   - lastSeen: milliseconds since 1970.
    ///   - local: how many connections the user has to this server, entered or not yet.
    /// - Returns: nil when it cannot be told now: nobody is offline only because Redis has just come back.
    static func judge(
        _ user: UserName, servers: [String], lastSeen: Int?, local: Int, here: ServerID, leases: LeaseTable, isHeld: Bool
    ) -> Presence? {
        let elsewhere = servers.count { $0 != here.text && leases.isLive($0) }
        let connections = local + elsewhere
        if connections == 0, !leases.isSettled || !isHeld { return nil }
        // Of connections that nobody has cleared yet the server's last sign of life tells.
        let dead = servers.compactMap { leases.isLive($0) ? nil : leases.renewals[$0] }
        return Presence(
            user: user, isOnline: connections > 0, lastSeenAt: (dead + [lastSeen].compactMap { $0 }).max(),
            connections: connections)
    }
}
