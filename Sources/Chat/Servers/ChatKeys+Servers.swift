/// Where servers, and who is connected to them, are found in Redis.
extension ChatKeys {
    static let leases = "chat:{servers}:leases"
    static let leaseClock = "chat:{servers}:clock"
    static let renewals = "chat:{servers}:renewals"
    /// Dead servers that are being cleared.
    static let claims = "chat:{servers}:claims"

    /// Whose connections have to be cleared when the server is gone.
    static func users(of server: ServerID) -> String { "chat:server:{\(server.text)}:users" }
    static func lastSeen(of user: UserName) -> String { "chat:{\(user.encoded)}:last-seen" }
    static func watchers(of user: UserName) -> String { "chat:{\(user.encoded)}:watchers" }
}
