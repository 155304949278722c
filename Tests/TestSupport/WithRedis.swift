public import EmbeddedRedis
public import Redis
import Testing

/// Runs a body with a `redis-server` of its own and a client of it, and ends both.
///
/// The client's deadline is 10 s unless `configure` says otherwise: on a busy machine a reply may come late without
/// anything being wrong.
public func withRedis<Value>(
    durability: EmbeddedRedis.Durability = .everySecond, extraArguments: [String] = [],
    configure: (inout RedisConfiguration) -> Void = { _ in }, isolation: isolated (any Actor)? = #isolation,
    _ body: (EmbeddedRedis, RedisClient) async throws -> Value
) async throws -> Value {
    let server = try await EmbeddedRedis.temporary(durability: durability, extraArguments: extraArguments)
    do {
        let value = try await withClient(of: server, configure: configure) { try await body(server, $0) }
        await server.stop()
        return value
    } catch {
        await server.stop()
        throw error
    }
}

/// Runs a body with one more client of a server, and closes it.
public func withClient<Value>(
    of server: EmbeddedRedis, configure: (inout RedisConfiguration) -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation, _ body: (RedisClient) async throws -> Value
) async throws -> Value {
    var configuration = try RedisConfiguration(url: server.url)
    configuration.deadline = .seconds(10)
    configuration.connectDeadline = .seconds(10)
    configure(&configuration)
    let client = RedisClient(configuration)
    do {
        let value = try await body(client)
        await client.close()
        return value
    } catch {
        await client.close()
        throw error
    }
}

extension RedisClient {
    /// Waits, after the server was gone, until every connection works again: commands take them in turn.
    public func reconnects() async throws {
        try await eventually("every connection works again", within: .seconds(30)) {
            for _ in 0..<64 { try await ping() }
            return true
        }
    }
}
