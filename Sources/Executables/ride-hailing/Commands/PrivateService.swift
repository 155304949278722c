import ArgumentParser
import EmbeddedRedis
import Redis
import ServiceKit

/// A service of a command's own, in its process, on a Redis of its own: it goes with it.
struct PrivateService {
    let port: Int
    let redis: RedisConfiguration

    /// Lends one to a body.
    static func with<Value: Sendable>(
        _ service: RideService, _ body: @escaping @Sendable (PrivateService) async throws -> Value
    ) async throws -> Value {
        let server = try await EmbeddedRedis.temporary()
        let result: Result<Value, any Error>
        do {
            // What the environment says is meant for services that serve.
            let options = try ServiceOptions.parse(["--port", "0", "--redis", server.url, "--log-level", "critical"])
            let configuration = try ServiceConfiguration(
                name: ServeCommand.serviceName, defaultPort: 0, requirement: .identity, options: options,
                settings: Settings(environment: [:]))
            let redis = try RedisConfiguration(url: server.url)
            let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
            let value = try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask {
                    defer { continuation.finish() }
                    try await ServiceProcess(configuration) { continuation.yield($0) }.run { service.parts($0) }
                    return nil
                }
                group.addTask {
                    for await port in ports {
                        return try await body(PrivateService(port: port, redis: redis))
                    }
                    return nil
                }
                while let value = try await group.next() {
                    guard let value else { continue }
                    group.cancelAll()
                    // The service ends by being cancelled.
                    while (try? await group.next()) != nil {}
                    return value
                }
                throw CancellationError()
            }
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        await server.stop()
        return try result.get()
    }
}
