/// Where Redis is, and how patient a client is with it.
public struct RedisConfiguration: Sendable {
    public var address: RedisAddress
    /// With Redis 6 and later a user's name; nil is the user `default`.
    public var username: String?
    public var password: String?
    /// The logical database, `SELECT`ed on each connection.
    public var database: Int
    /// Shown by `CLIENT LIST`. ASCII without spaces.
    public var clientName: String

    /// How long a command waits for its reply unless it is told otherwise.
    public var deadline: Duration = .milliseconds(100)
    /// How long one attempt to connect, authenticate and `PING` may take.
    public var connectDeadline: Duration = .seconds(1)
    /// A connection whose oldest reply is this late, counted from its command's deadline, is given up and made anew.
    public var stallDeadline: Duration = .seconds(5)
    /// The longest pause between two attempts to connect; pauses begin near 10 ms, double and are jittered.
    public var maximumReconnectDelay: Duration = .milliseconds(500)
    /// So many failures in a row open the circuit: late replies, commands that waited for a connection in vain, lost
    /// connections, failed attempts to connect.
    public var failuresToOpenCircuit = 5
    /// So many commands may wait on one connection; the next is refused.
    public var maximumPendingCommands = 65_536
    /// The largest reply in bytes; a larger one breaks the connection.
    public var maximumReplySize = 64 << 20

    public init(
        address: RedisAddress, username: String? = nil, password: String? = nil, database: Int = 0,
        clientName: String = "groundwork"
    ) {
        (self.address, self.username, self.password) = (address, username, password)
        (self.database, self.clientName) = (database, clientName)
    }
}

extension RedisConfiguration: CustomStringConvertible {
    /// For logs: without the password.
    public var description: String { "\(address), database \(database)" }
}

/// The address of one Redis node.
public enum RedisAddress: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)

    public var description: String {
        switch self {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
