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
                switch event {
                case .subscribed: try? await publishBeat()
                case .message(let message):
                    announcer.heard(at: .now())
                    if let announcement = Announcement(text: message.text) { announcer.announce(announcement) }
                case .interrupted, .dropped: break
                }
            }
        }
    }

    private func beat() async {
        while !Task.isCancelled {
            do {
                try await shareCursorKey()
                try await publishBeat()
                _ = try await queueLag()
            } catch {
                logger.debug("Redis is away", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Publishes what is no announcement, to hear that announcements arrive.
    private func publishBeat() async throws(NewsFeedError) {
        _ = try await send(RedisCommand("PUBLISH", NewsFeedKeys.channel, "beat", isIdempotent: true))
    }
}
