import NIOCore

/// How a service runs, read from the command line and the environment and found to be in order.
public struct ServiceConfiguration: Sendable {
    /// What a service must be given before it listens to strangers.
    public enum Requirement: Sendable {
        /// Its requests need no identity, its administration does.
        case administration
        /// Its requests need an identity.
        case identity
    }

    /// The executable's name.
    public let name: String
    public let host: String
    public let port: Int
    public let threads: Int
    public let redis: RedisSource
    let isInsecure: Bool
    let jwtSecret: String?
    let jwks: String?
    let adminToken: String?

    /// - Parameters:
    ///   - defaultPort: of this service.
    ///   - privateRedis: what is wanted of the Redis that is used when none is named.
    /// - Throws: ``UsageError``.
    public init(
        name: String, defaultPort: Int, requirement: Requirement, options: ServiceOptions, settings: Settings = Settings(),
        privateRedis: PrivateRedis = PrivateRedis()
    ) throws {
        self.name = name
        host = settings.text("host", options.host) ?? "127.0.0.1"
        port = try settings.integer("port", options.port, in: 0...65_535) ?? defaultPort
        threads = try settings.integer("threads", options.threads, in: 1...1024) ?? System.coreCount
        redis = try RedisSource(name: name, options: options.redis, settings: settings, privateRedis: privateRedis)
        isInsecure = settings.flag("insecure", options.insecure)
        jwtSecret = settings.text("jwt-secret", nil)
        jwks = settings.text("jwt-jwks", nil)
        adminToken = settings.text("admin-token", nil)
        try requireCredentials(requirement)
    }

    private var isLoopback: Bool {
        host == "localhost" || IPAddress(host).map { $0.bytes.first == 127 || $0.description == "::1" } ?? false
    }

    /// Nobody but this machine can ask, and nobody has said who may.
    var isDevelopment: Bool { isLoopback && jwtSecret == nil && jwks == nil }

    private func requireCredentials(_ requirement: Requirement) throws {
        guard !isLoopback, !isInsecure else { return }
        let hasIdentity = jwtSecret != nil || jwks != nil
        switch requirement {
        case .administration where adminToken == nil && !hasIdentity:
            throw UsageError("Listening on \(host) wants ADMIN_TOKEN (and takes JWT_SECRET or JWT_JWKS), or --insecure.")
        case .identity where !hasIdentity:
            throw UsageError("Listening on \(host) wants JWT_SECRET or JWT_JWKS, or --insecure.")
        default: break
        }
    }
}
