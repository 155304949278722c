import Logging
import NIOCore
import Redis
import ServiceLifecycle

extension NewsFeed {
    /// Runs until the task is cancelled or the service group shuts down: brings posts to readers, and announces them.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.listen() }
                group.addTask { await self.beat() }
                if self.configuration.runsWorker { group.addTask { try? await self.worker.run() } }
                await group.waitForAll()
            }
        }
    }

    /// Checks that posts are accepted and reach readers, rather than that a port is open.
    /// - Throws: what does not work.
    public func probe() async throws(NewsFeedError) {
        try await shareCursorKey()
        _ = try await queueLag()
        guard announcer.isFresh(now: .now()) else { throw .eventsLost }
        guard !configuration.runsWorker || worker.isWorking(now: .now()) else { throw .workerStopped }
    }

    private func listen() async {
        await client.subscribe(to: [NewsFeedKeys.channel]) { subscription in
            for await event in subscription {
                guard case .message(let message) = event else { continue }
                announcer.heard(at: .now())
                if let announcement = Announcement(text: message.text) { announcer.announce(announcement) }
            }
        }
    }

    /// Publishes what is no announcement, to hear that announcements arrive.
    private func beat() async {
        while !Task.isCancelled {
            do {
                try await shareCursorKey()
                _ = try await send(RedisCommand("PUBLISH", NewsFeedKeys.channel, "beat", isIdempotent: true))
                _ = try await queueLag()
            } catch {
                logger.debug("Redis is away", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
