import NewsFeed
import RedisMeasuring

/// Waits until posts can be seen.
struct VisiblePosts {
    private enum Event: Sendable {
        case visible(id: String)
        case tick
    }
    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let announcements: AsyncStream<Announcement>
    private var iterator: AsyncStream<Event>.Iterator

    /// From now on.
    init(of feed: NewsFeed) {
        (events, continuation) = AsyncStream.makeStream()
        iterator = events.makeAsyncIterator()
        announcements = feed.announcements()
    }

    /// What has to run meanwhile.
    var listening: @Sendable () async -> Void {
        { [announcements, continuation] in
            await withTaskGroup { group in
                group.addTask { for await post in announcements { continuation.yield(.visible(id: post.id)) } }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .seconds(1))
                        continuation.yield(.tick)
                    }
                }
                await group.waitForAll()
            }
        }
    }

    /// Posts must be waited for in the order in which they become visible.
    mutating func wait(for id: String) async throws {
        let deadline = ContinuousClock.now + ComparisonRedis.patience
        while let event = await iterator.next() {
            switch event {
            case .visible(let seen): if seen == id { return }
            case .tick:
                guard .now < deadline else {
                    throw ComparisonError(.redisFailed, "A post did not become visible within \(ComparisonRedis.patience).")
                }
            }
        }
        throw CancellationError()
    }
}
