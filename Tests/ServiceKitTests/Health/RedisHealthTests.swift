import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Whether Redis does its work")
struct RedisHealthTests {
    /// Why a Redis at this URL is not in order; nil when it is.
    private func reason(_ url: String) async throws -> String? {
        let source = try RedisSource(
            name: "test-service", options: options(redis: url, logLevel: "critical").redis, settings: Settings(environment: [:]))
        return try await source.withClient(.standardError("test", level: source.logLevel)) { client in
            do {
                try await client.check()
                return nil
            } catch let failure as HealthFailure {
                return failure.reason
            }
        }
    }

    @Test("A Redis that runs is in order")
    func inOrder() async throws {
        try await withRedis { _, client in try await client.check() }
    }

    @Test("Where there is none it cannot be reached", arguments: ["redis+unix:///nowhere/redis.sock", "redis://127.0.0.1:1"])
    func notThere(url: String) async throws {
        #expect(try await reason(url) == "Redis cannot be reached")
    }

    @Test("Where something listens and never speaks it is not in order, within seconds")
    func silent() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0)
            .get()
        let port = try #require(listener.localAddress?.port)
        let start = ContinuousClock.now
        let reason = try await reason("redis://127.0.0.1:\(port)")
        #expect(["Redis cannot be reached", "Redis does not answer in time"].contains(reason))
        #expect(ContinuousClock.now - start < .seconds(20))
        try await listener.close()
    }
}
