import Logging
import NIOCore
import Redis
import ServiceLifecycle

/// What keeps an instance in step with the others: each tells again and again what it knows to be issued, and hears it; links
/// are forgotten when they change; visits are handed over and counted.
extension URLShortener {
    /// Runs until the task is cancelled or the service group shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.listen() }
                group.addTask { await self.beat() }
                group.addTask { await self.knownLinks.run() }
                group.addTask { await self.recorder.run() }
                group.addTask { await self.consumer.run() }
                await group.waitForAll()
            }
        }
    }

    /// Checks that links can be created and followed, rather than that a port is open: a script's round trip, settings that
    /// were read, messages that were published and came back.
    /// - Throws: what does not work.
    public func probe() async throws(URLShortenerError) {
        _ = try await sharedSettings()
        try await identifiers.announce()
        guard pulse.isFresh(now: .now()) else { throw .eventsLost }
        guard consumer.isWorking(now: .now()) else { throw .visitsNotCounted }
    }

    private func listen() async {
        await redis.subscribe(to: [URLShortenerKeys.events]) { subscription in
            for await event in subscription {
                switch event {
                // Redis may have come back with less than it had: whoever knows more says so.
                case .subscribed, .dropped: await announce()
                case .interrupted: break
                case .message(let message):
                    guard case .leased(let below)? = URLShortenerEvent(text: message.text) else { continue }
                    pulse.heard(at: .now())
                    identifiers.heard(issuedBelow: below)
                }
            }
        }
    }

    private func beat() async {
        var beats = 0
        while !Task.isCancelled {
            // What never changes is looked after now and then: somebody may have emptied Redis.
            if beats.isMultiple(of: 10) { await announce() } else { try? await identifiers.announce() }
            beats += 1
            try? await Task.sleep(for: EventPulse.interval)
        }
    }

    private func announce() async {
        do {
            try await shareSettings()
            try await shareVisitorHash()
            try await identifiers.announce()
        } catch {
            logger.debug("Nothing announced", metadata: ["error": "\(error)"])
        }
    }
}
