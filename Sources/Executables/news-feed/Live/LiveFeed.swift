import Logging
import Metrics
import NIOCore
import NewsFeed
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Tells whoever listens of posts that have become visible in his feed. A hint: who lost one finds the post when he reads.
///
/// Announcements are gathered for a moment, and then one look at Redis, by all of them together, tells whom they concern: so
/// listeners cost the same however much is posted, and who follows an author learns of the very next post.
final class LiveFeed: Service {
    typealias Sink = AsyncStream<ByteBuffer>.Continuation

    private struct Listener {
        let user: String
        let sink: Sink
    }
    private struct State {
        var listeners: [Int: Listener] = [:]
        var lastNumber = 0
        var waiting = RecentAnnouncements()
    }

    private let feed: NewsFeed
    private let logger: Logger
    private let state = Mutex(State())
    private let listening = Gauge(label: "news_feed_live_listeners")

    private static let heartbeat = Duration.seconds(15)
    private static let pauseWithoutRedis = Duration.milliseconds(500)

    init(feed: NewsFeed, logger: Logger) {
        (self.feed, self.logger) = (feed, logger)
    }

    /// Sends events there from now on, until it terminates.
    func add(_ sink: Sink, for user: String) {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.listeners[state.lastNumber] = Listener(user: user, sink: sink)
            listening.record(state.listeners.count)
            return state.lastNumber
        }
        sink.onTermination = { [weak self] _ in self?.remove(number) }
    }

    private func remove(_ number: Int) {
        state.withLock { state in
            state.listeners[number] = nil
            listening.record(state.listeners.count)
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Many announcements, one signal.
            let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            await withTaskGroup { group in
                group.addTask { await self.gather(signal) }
                group.addTask { for await _ in signals { await self.deliver() } }
                group.addTask { await self.beat() }
                await group.waitForAll()
            }
        }
    }

    private func gather(_ signal: AsyncStream<Void>.Continuation) async {
        for await announcement in feed.announcements() {
            let isWanted = state.withLock { state in
                guard !state.listeners.isEmpty else { return false }
                state.waiting.append(announcement)
                return true
            }
            if isWanted { signal.yield() }
        }
    }

    private func deliver() async {
        let announcements = state.withLock { $0.waiting.take() }
        while !announcements.isEmpty, !Task.isCancelled {
            let listeners = state.withLock { Array($0.listeners.values) }
            do {
                let audience = try await feed.audience(of: announcements, among: listeners.map(\.user))
                for (listener, announcements) in zip(listeners, audience) {
                    for announcement in announcements { listener.sink.yield(EventStream.event("post", announcement.json)) }
                }
                try? await Task.sleep(for: Self.pause(listeners: listeners.count))
                return
            } catch {
                logger.debug("Nobody was told of new posts yet", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.pauseWithoutRedis)
            }
        }
    }

    /// At most some 10,000 listeners are looked at in a second.
    private static func pause(listeners: Int) -> Duration {
        .milliseconds(100 + listeners / 10)
    }

    private func beat() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.heartbeat)
            for listener in state.withLock({ Array($0.listeners.values) }) { listener.sink.yield(EventStream.heartbeat) }
        }
    }
}
