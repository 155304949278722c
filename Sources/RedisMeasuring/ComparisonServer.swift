import EmbeddedRedis
package import Logging
import NIOCore
import NIOPosix
package import Redis

/// A Redis that is being used for a comparison.
package struct ComparisonServer: Sendable {
    package let client: RedisClient
    /// Where it is, for further clients.
    package let configuration: RedisConfiguration
    /// One event loop, so that what was sent first is done first.
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let server: EmbeddedRedis?

    /// - Parameter server: ends with this.
    init(_ configuration: RedisConfiguration, _ server: EmbeddedRedis? = nil) {
        var configuration = configuration
        configuration.deadline = ComparisonRedis.patience
        client = RedisClient(configuration, eventLoopGroup: group, logger: Self.silence)
        (self.configuration, self.server) = (configuration, server)
    }

    /// Whether it is there for others afterwards.
    package var isGiven: Bool { server == nil }

    /// What goes wrong is told once, by the comparison.
    package static let silence = Logger(label: "comparison") { _ in SwiftLogNoOpLogHandler() }

    package func close() async {
        await client.close()
        try? await group.shutdownGracefully()
        await server?.stop()
    }
}
