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

    /// Changes of all rides from now on, and where some may be missing.
    public func events() -> AsyncStream<RideNews> { heard.listen(buffered: 4096) }

    /// Checks that rides are matched and told of, rather than that a port is open.
    /// - Throws: what does not work.
    public func probe() async throws(RideHailingError) {
        try await shareAuthenticator()
        guard heard.isFresh(now: .now()) else { throw .eventsLost }
        guard !configuration.runsMatcher || matcher.isWorking(now: .now()) else { throw .matcherStopped }
    }

    /// How far matching is behind, whoever does it.
    public func matchingLag() async throws(RideHailingError) -> MatchingLag {
        let replies = try await replies(to: [
            RedisCommand("TIME", isIdempotent: true), RedisCommand("ZCARD", RideHailingKeys.due, isIdempotent: true),
            RedisCommand("ZRANGE", RideHailingKeys.due, 0, 0, "WITHSCORES", isIdempotent: true),
        ])
        let now = try RedisClock.milliseconds(replies[0])
        let first: [String] = try decode(replies[2])
        let due = first.count == 2 ? Int(first[1]) ?? now : now
        return MatchingLag(
            waiting: try decode(replies[1]), oldestOverdue: .milliseconds(max(0, now - due)),
            isMatching: configuration.runsMatcher && matcher.isWorking(now: .now()))
    }

    private func listen() async {
        await client.subscribe(to: [RideHailingKeys.channel], bufferedMessages: 8192) { subscription in
            for await event in subscription {
                switch event {
                case .message(let message): heard.heard(message.text)
                case .subscribed, .dropped: heard.missed()
                case .interrupted: break
                }
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
