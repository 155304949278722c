import EmbeddedRedis
public import Logging
import NIOCore
import NIOPosix
public import Redis

/// What is wanted of the Redis that is used when none is named.
public struct PrivateRedis: Sendable {
    let arguments: [String]
    let isStarted: Bool

    /// - Parameters:
    ///   - arguments: passed to `redis-server` as they are.
    ///   - isStarted: false: only that of a service is used which runs on the same folder; it is waited for.
    public init(arguments: [String] = [], isStarted: Bool = true) {
        (self.arguments, self.isStarted) = (arguments, isStarted)
    }
}

/// The Redis that a service or a command works on: one that was named, or a private one.
public struct RedisSource: Sendable {
    /// nil: a private one.
    let given: RedisConfiguration?
    let privateRedis: PrivateRedis
    let dataDirectory: String
    let durability: EmbeddedRedis.Durability
    public let logLevel: Logger.Level

    /// - Parameters:
    ///   - name: of the executable, below whose folder a private Redis keeps its data.
    ///   - privateRedis: what is wanted of it.
    /// - Throws: ``UsageError``.
    public init(
        name: String, options: RedisOptions, settings: Settings = Settings(), privateRedis: PrivateRedis = PrivateRedis()
    ) throws {
        self.privateRedis = privateRedis
        dataDirectory = settings.text("data-dir", options.dataDir) ?? ".groundwork/\(name)"
        durability = try settings.choice("fsync", options.fsync) ?? .everySecond
        logLevel = try settings.choice("log-level", options.logLevel) ?? .info
        do throws(RedisError) {
            given = try settings.text("redis", options.redis).map { url throws(RedisError) in try RedisConfiguration(url: url) }
        } catch {
            throw UsageError("--redis: \(error.message).")
        }
    }

    private var privateDirectory: String { dataDirectory + "/redis" }

    /// That of a service which runs on the same folder, or may some time.
    private var runningPrivateRedis: RedisConfiguration {
        RedisConfiguration(address: .unixSocket(path: EmbeddedRedis.socketPath(ofServerIn: privateDirectory)))
    }

    /// Where Redis is, and the private server that has to be stopped in the end.
    func open(_ logger: Logger) async throws -> (configuration: RedisConfiguration, server: EmbeddedRedis?) {
        if let given { return (given, nil) }
        guard privateRedis.isStarted else { return (runningPrivateRedis, nil) }
        let server = try await EmbeddedRedis.start(
            .init(directory: privateDirectory, durability: durability, extraArguments: privateRedis.arguments))
        logger.info("Private Redis started", metadata: ["data": "\(privateDirectory)"])
        return (try RedisConfiguration(url: server.url), server)
    }

    /// Lends a client to a command that stands beside a service: of the Redis that was named, of the running service's
    /// private one, or of the same private one, started for the moment.
    public func withClient<Value>(_ logger: Logger, _ body: (RedisClient) async throws -> Value) async throws -> Value {
        var opened: (configuration: RedisConfiguration, server: EmbeddedRedis?)
        do {
            opened = try await open(logger)
        } catch let error as EmbeddedRedisError where error.code == .folderInUse {
            opened = (runningPrivateRedis, nil)
        }
        opened.configuration.deadline = .seconds(2)
        let client = RedisClient(opened.configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do {
            let value = try await body(client)
            await client.close()
            await opened.server?.stop()
            return value
        } catch {
            await client.close()
            await opened.server?.stop()
            throw error
        }
    }
}

extension Logger {
    /// Logs go to standard error: standard output belongs to answers.
    public static func standardError(_ label: String, level: Logger.Level) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}
