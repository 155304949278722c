import EmbeddedRedis
import Logging
import NIOCore
import NIOPosix
import NewsFeed
public import Redis

/// Where strategies are compared.
public enum ComparisonRedis: Sendable {
    /// A server of its own for each strategy, which goes with it, and with this process.
    case temporary
    /// A server that is there already. Its database must be empty, and is again in the end.
    case given(RedisConfiguration)

    /// How long a step may take before the comparison fails: far longer than any that goes well.
    static let patience = Duration.seconds(20)
    /// Says whose the keys are, should this process be killed.
    static let claim = "news-feed:comparison"

    /// As the service starts its private one, but that it does not tidy up its log meanwhile.
    private static let arguments = ["--zset-max-listpack-entries", "1024", "--auto-aof-rewrite-percentage", "0"]

    /// Lends a client to whoever measures one strategy.
    func withClient<Value>(_ body: (RedisClient) async throws -> Value) async throws -> Value {
        switch self {
        case .given(let configuration): return try await Self.withClient(configuration, body)
        case .temporary:
            let server = try await EmbeddedRedis.temporary(extraArguments: Self.arguments)
            do {
                let value = try await Self.withClient(try RedisConfiguration(url: server.url), body)
                await server.stop()
                return value
            } catch {
                await server.stop()
                throw error
            }
        }
    }

    /// One event loop, so that what was sent first is done first.
    private static func withClient<Value>(
        _ configuration: RedisConfiguration, _ body: (RedisClient) async throws -> Value
    ) async throws -> Value {
        var configuration = configuration
        configuration.deadline = patience
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = RedisClient(
            configuration, eventLoopGroup: group, logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() })
        let result: Result<Value, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.close()
        try? await group.shutdownGracefully()
        return try result.get()
    }

    /// Makes sure that nothing of others can come to harm, nor be counted. Of a server of its own that is sure.
    func claim() async throws {
        guard case .given(let configuration) = self else { return }
        try await withClient { client in
            let isListenedTo = try await NewsFeed(redis: client).listeners() > 0
            guard !isListenedTo else {
                throw ComparisonError(
                    .databaseInUse,
                    "--redis: a news-feed service uses the server at \(configuration.address); it would be told of posts that "
                        + "are none, and what it does would be counted.")
            }
            let isFirst = try await client.send(RedisCommand("SET", Self.claim, "1", "NX")) != .null
            let keys: Int = try await client.send(RedisCommand("DBSIZE", isIdempotent: true)).decode()
            guard isFirst, keys == 1 else {
                if isFirst { try await client.delete([Self.claim]) }
                throw ComparisonError(
                    .databaseInUse,
                    "--redis: \(configuration) is not empty" + (isFirst ? "" : ", a comparison uses it or was killed there")
                        + "; a comparison wants a database of its own.")
            }
        }
    }

    /// What was written is deleted already.
    func release() async {
        guard case .given = self else { return }
        _ = try? await withClient { client in try await client.delete([Self.claim]) }
    }
}
