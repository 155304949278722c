import Redis

/// Which servers hold leases, as of one moment, by the leases' own clock (see `renew_lease.lua`).
struct LeaseTable: Sendable, Hashable {
    /// Milliseconds since 1970 by Redis' clock.
    let now: Int
    /// Milliseconds by the leases' clock.
    let clock: Int
    /// Whether it is certain that a server without a lease is gone, and that all connections are entered.
    let isSettled: Bool
    /// A name of what Redis holds; another one when it has lost everything.
    let state: String
    /// When the leases end, by the leases' clock.
    let ends: [String: Int]
    /// When servers last renewed, by Redis' clock; also those that are dead, until they are cleared.
    let renewals: [String: Int]

    func isLive(_ server: String) -> Bool { ends[server].map { $0 > clock } ?? false }

    /// Whether a lease has ended, and nobody has cleared what its server held.
    var hasDead: Bool { renewals.keys.contains { !isLive($0) } }

    /// Milliseconds until the first lease ends that others than `server` hold.
    func nextEnd(besides server: String) -> Int? {
        ends.lazy.filter { $0.key != server && $0.value > clock }.map { $0.value - clock }.min()
    }
}

extension LeaseTable {
    /// The reply of `renew_lease.lua`.
    /// - Returns: the table, and whether the server that asked holds a lease.
    static func read(_ reply: RedisValue) throws(ChatError) -> (table: LeaseTable, isHeld: Bool) {
        guard case .array(let parts) = reply, parts.count == 7 else { throw .unreadableRecord }
        do throws(RedisError) {
            let table = LeaseTable(
                now: try parts[1].decode(), clock: try parts[2].decode(), isSettled: try parts[3].decode(),
                state: try parts[4].decode(), ends: try parts[5].decode(), renewals: try parts[6].decode())
            return (table, try parts[0].decode())
        } catch {
            throw ChatError(error)
        }
    }
}
