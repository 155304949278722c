import EmbeddedRedis
import Logging
import NIOCore
import NIOPosix
import NewsFeed
public import Redis

/// Where strategies are compared.
public enum ComparisonRedis: Sendable {
    /// A server of its own for each strategy, which goes with it, and with this process.
    /// - Parameter arguments: passed to `redis-server` as they are.
    case temporary(arguments: [String] = [])
    /// A server that is there already. Its database must be empty, and is again in the end.
    case given(RedisConfiguration)

    /// How long a step may take before the comparison fails: far longer than any that goes well.
    static let patience = Duration.seconds(20)
    /// Says whose the keys are, should this process be killed.
    static let claim = "news-feed:comparison"

    /// Whether strategies can be measured side by side.
    var isOneForEach: Bool {
        if case .temporary = self { true } else { false }
    }

    func open() async throws -> ComparisonServer {
        switch self {
        case .given(let configuration): return ComparisonServer(configuration)
        case .temporary(let arguments):
            // It does not tidy up its log meanwhile.
            let arguments = arguments + ["--auto-aof-rewrite-percentage", "0"]
            let server = try await EmbeddedRedis.temporary(extraArguments: arguments)
            return ComparisonServer(try RedisConfiguration(url: server.url), server)
        }
    }

    /// Makes sure that nothing of others can come to harm, nor be counted. Of a server of its own that is sure.
    func claim() async throws {
        guard case .given(let configuration) = self else { return }
        let server = ComparisonServer(configuration)
        let result: Result<Void, any Error>
        // Whole or not at all, also when this task is cancelled.
        let claiming = Task { try await claim(configuration, server.client) }
        do { result = .success(try await claiming.value) } catch { result = .failure(error) }
        await server.close()
        try result.get()
    }

    private func claim(_ configuration: RedisConfiguration, _ client: RedisClient) async throws {
        _ = try await client.send(RedisCommand("PING", isIdempotent: true), deadline: .seconds(3))
        guard try await NewsFeed(redis: client).listeners() == 0 else {
            throw ComparisonError(
                .databaseInUse,
                "--redis: a news-feed service uses the server at \(configuration.address): it would be told of posts that are "
                    + "none, and what it does would be counted.")
        }
        let isFirst = try await client.send(RedisCommand("SET", Self.claim, "1", "NX")) != .null
        let keys: Int = try await client.send(RedisCommand("DBSIZE", isIdempotent: true)).decode()
        guard isFirst, keys == 1 else {
            if isFirst { try await client.delete([Self.claim]) }
            throw ComparisonError(
                .databaseInUse,
                "--redis: \(configuration) is not empty" + (isFirst ? "" : " (a comparison uses it, or was killed there)")
                    + "; a comparison wants a database of its own.")
        }
    }

    /// What was written is deleted already.
    func release() async {
        guard case .given(let configuration) = self else { return }
        let server = ComparisonServer(configuration)
        // Also when this task is cancelled.
        await Task { _ = try? await server.client.delete([Self.claim]) }.value
        await server.close()
    }
}

/// A Redis that is being used.
struct ComparisonServer: Sendable {
    let client: RedisClient
    /// One event loop, so that what was sent first is done first.
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let server: EmbeddedRedis?

    /// - Parameter server: ends with this.
    init(_ configuration: RedisConfiguration, _ server: EmbeddedRedis? = nil) {
        var configuration = configuration
        configuration.deadline = ComparisonRedis.patience
        let quiet = Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() }
        client = RedisClient(configuration, eventLoopGroup: group, logger: quiet)
        self.server = server
    }

    /// Whether it is there for others afterwards.
    var isGiven: Bool { server == nil }

    func close() async {
        await client.close()
        try? await group.shutdownGracefully()
        await server?.stop()
    }
}
