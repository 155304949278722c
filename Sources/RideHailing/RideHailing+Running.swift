import Logging
import NIOCore
import Redis
import ServiceLifecycle

extension RideHailing {
    /// Runs until the task is cancelled or the service group shuts down: brings rides to drivers, and tells of what changes.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.listen() }
                group.addTask { await self.beat() }
                if self.configuration.runsMatcher { group.addTask { try? await self.matcher.run() } }
                await group.waitForAll()
            }
        }
    }

    /// Changes of all rides from now on. See ``RideEvent``.
    public func events() -> AsyncStream<RideEvent> { heard.listen(buffered: 4096) }

    /// Checks that rides are matched and told of, rather than that a port is open.
    /// - Throws: what does not work.
    public func probe() async throws(RideHailingError) {
        try await shareAuthenticator()
        guard heard.isFresh(now: .now()) else { throw .eventsLost }
        guard !configuration.runsMatcher || matcher.isWorking(now: .now()) else { throw .matcherStopped }
    }

    private func listen() async {
        await client.subscribe(to: [RideHailingKeys.channel], bufferedMessages: 8192) { subscription in
            for await event in subscription {
                if case .message(let message) = event { heard.heard(message.text) }
            }
        }
    }

    /// Publishes what is no event, to hear that events arrive.
    private func beat() async {
        while !Task.isCancelled {
            do {
                try await shareAuthenticator()
                _ = try await send(RedisCommand("PUBLISH", RideHailingKeys.channel, "beat", isIdempotent: true))
                metrics.noteWaiting(
                    try decode(try await send(RedisCommand("ZCARD", RideHailingKeys.due, isIdempotent: true))))
            } catch {
                logger.debug("Redis is away", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
