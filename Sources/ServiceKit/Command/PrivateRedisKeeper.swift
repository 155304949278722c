import EmbeddedRedis
import Logging
import ServiceLifecycle

/// Starts a private Redis again when it has ended by itself: it crashed, or the system killed it for its memory.
struct PrivateRedisKeeper: Service {
    let server: EmbeddedRedis
    let logger: Logger

    private static let interval = Duration.milliseconds(500)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if !server.isRunning { await startAgain() }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func startAgain() async {
        logger.error("The private Redis has ended: it is started again")
        do {
            try await server.restart()
        } catch {
            logger.error("The private Redis could not be started", metadata: ["error": "\(error)"])
        }
    }
}
