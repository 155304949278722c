import ArgumentParser
import NewsFeed

/// How many timeline entries a second are written, from the post to the announcement that all followers have it.
///
/// Some posts are always waiting, so that no lane of the worker rests. What it claims is counted in Redis by the caller.
struct FanOut: AsyncParsableCommand {
    @Option(help: "Unix socket of Redis.")
    var socket: String
    @Option(help: "How many follow the author.")
    var followers = 10_000
    @Option(help: "How long posts are made; a warm-up of one post comes first.")
    var seconds = 4

    private struct Figures: Encodable {
        /// The warm-up's among them.
        let posts: Int
        let entries: Int
        let seconds: Double
        let entriesPerSecond: Double
        let cpuMicrosecondsPerEntry: Double
    }

    func run() async throws {
        var settings = NewsFeedConfiguration()
        settings.strategy = .push
        let waiting = 2 * settings.workerLanes
        try await withNewsFeed(socket: socket, settings) { feed, _ in
            var announcements = feed.announcements().makeAsyncIterator()
            try await post(to: feed)
            _ = await announcements.next()
            try await settle(feed)

            let before = processorMicroseconds()
            let start = ContinuousClock.now
            let end = start + .seconds(seconds)
            var (posted, announced) = (0, 0)
            while true {
                while posted - announced < waiting, ContinuousClock.now < end {
                    try await post(to: feed)
                    posted += 1
                }
                if announced == posted { break }
                guard await announcements.next() != nil else { throw ValidationError("announcements have ended") }
                announced += 1
            }
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            let processor = processorMicroseconds() - before
            try await settle(feed)
            let entries = posted * followers
            try printLine(
                of: Figures(
                    posts: posted + 1, entries: entries, seconds: elapsed, entriesPerSecond: Double(entries) / elapsed,
                    cpuMicrosecondsPerEntry: processor / Double(entries)))
        }
    }

    private func post(to feed: NewsFeed) async throws {
        _ = try await feed.post(NewPost(author: Followers.author, text: "A post of a sentence or two, as most of them are."))
    }
}
