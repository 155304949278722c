import EmbeddedRedis
public import Redis

/// Where things are compared that a service can do in one way or another.
public enum ComparisonRedis: Sendable {
    /// A server of its own, which goes with this process.
    /// - Parameter arguments: passed to `redis-server` as they are.
    case temporary(arguments: [String] = [])
    /// A server that is there already. Its database must be empty, and is again in the end.
    case given(RedisConfiguration)

    /// How long a step may take before the comparison fails: far longer than any that goes well.
    package static let patience = Duration.seconds(20)

    /// Whether each strategy can have a server of its own.
    package var isOneForEach: Bool {
        if case .temporary = self { true } else { false }
    }

    package func open() async throws -> ComparisonServer {
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
    /// - Parameters:
    ///   - key: says whose the keys are, should this process be killed.
    ///   - isServing: whether a service uses the server.
    /// - Throws: ``DatabaseInUse``; what Redis failed with.
    package func claim(
        _ key: String, for service: String, unless isServing: @escaping @Sendable (RedisClient) async throws -> Bool
    ) async throws {
        guard case .given(let configuration) = self else { return }
        let server = ComparisonServer(configuration)
        let result: Result<Void, any Error>
        // Whole or not at all, also when this task is cancelled.
        let claiming = Task {
            _ = try await server.client.send(RedisCommand("PING", isIdempotent: true), deadline: .seconds(3))
            guard try await !isServing(server.client) else {
                throw DatabaseInUse(
                    "--redis: a \(service) service uses the server at \(configuration.address): what it does would be counted.")
            }
            try await Self.claim(key, configuration, server.client)
        }
        do { result = .success(try await claiming.value) } catch { result = .failure(error) }
        await server.close()
        try result.get()
    }

    private static func claim(_ key: String, _ configuration: RedisConfiguration, _ client: RedisClient) async throws {
        let isFirst = try await client.send(RedisCommand("SET", key, "1", "NX")) != .null
        let keys: Int = try await client.send(RedisCommand("DBSIZE", isIdempotent: true)).decode()
        guard isFirst, keys == 1 else {
            if isFirst { try await client.delete([key]) }
            throw DatabaseInUse(
                "--redis: \(configuration) is not empty" + (isFirst ? "" : " (a comparison uses it, or was killed there)")
                    + "; a comparison wants a database of its own.")
        }
    }

    /// What was written is deleted already.
    package func release(_ key: String) async {
        guard case .given(let configuration) = self else { return }
        let server = ComparisonServer(configuration)
        // Also when this task is cancelled.
        await Task { _ = try? await server.client.delete([key]) }.value
        await server.close()
    }
}

/// The Redis that was given is no place for a comparison.
package struct DatabaseInUse: Error {
    /// One sentence for people.
    package let message: String

    init(_ message: String) { self.message = message }
}
