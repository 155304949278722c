import struct Foundation.URLComponents

extension RedisConfiguration {
    /// Reads a URL.
    ///
    /// - `redis://[[user]:password@]host[:port][/database]`
    /// - `redis+unix://[[user]:password@]/path/to/socket[?database=n]`
    ///
    /// User, password and path are percent-decoded. `rediss:`, `redis+sentinel:` and `redis+cluster:` are not there yet.
    /// - Throws: ``RedisError/Code/invalidURL`` or ``RedisError/Code/unsupported``; the message never holds the password.
    public init(url: String) throws(RedisError) {
        guard let scheme = url.firstRange(of: "://").map({ url[..<$0.lowerBound].lowercased() }) else {
            throw Self.invalid("a Redis URL looks like redis://host:6379 or redis+unix:///path/to/socket")
        }
        switch scheme {
        case "redis", "redis+unix": break
        case "rediss", "redis+sentinel", "redis+cluster":
            throw RedisError(
                .unsupported, execution: .notSent,
                message: "\(scheme):// is not supported yet; redis:// and redis+unix:// are")
        default:
            // Not repeated: it may be a part of a password.
            throw Self.invalid("the Redis URL has an unknown scheme; redis:// and redis+unix:// are supported")
        }
        guard let parts = URLComponents(string: url) else { throw Self.invalid("the Redis URL cannot be read") }
        let database: String?
        let address: RedisAddress
        if scheme == "redis" {
            guard let host = parts.host, !host.isEmpty else { throw Self.invalid("the Redis URL names no host") }
            // URLComponents keeps the brackets of an IPv6 address.
            let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
            let port = parts.port ?? 6379
            guard (1...65_535).contains(port) else { throw Self.invalid("the port of the Redis URL is not between 1 and 65535") }
            address = .tcp(host: bare, port: port)
            database = parts.path.count > 1 ? String(parts.path.dropFirst()) : nil
        } else {
            guard parts.host?.isEmpty ?? true, parts.path.count > 1 else {
                throw Self.invalid("redis+unix:// wants three slashes and the absolute path of a socket")
            }
            address = .unixSocket(path: parts.path)
            database = parts.queryItems?.first { $0.name == "database" }?.value
        }
        // What is not understood is refused: `?db=2` would quietly be database 0.
        guard (parts.queryItems ?? []).allSatisfy({ scheme == "redis+unix" && $0.name == "database" }), parts.fragment == nil
        else {
            throw Self.invalid("the Redis URL may have ?database=n behind the path of a socket, and nothing else")
        }
        self.init(address: address)
        if let database {
            guard let number = Int(database), number >= 0 else {
                throw Self.invalid("the database of the Redis URL is not a number")
            }
            self.database = number
        }
        if let user = parts.user, !user.isEmpty { username = user }
        if let password = parts.password, !password.isEmpty { self.password = password }
        if username != nil, password == nil { throw Self.invalid("the Redis URL has a user and no password") }
    }

    private static func invalid(_ message: String) -> RedisError {
        RedisError(.invalidURL, execution: .notSent, message: message)
    }
}
