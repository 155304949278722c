import ArgumentParser
import Foundation
import Logging
import NewsFeed
import Redis

/// The news feed's part of `./dev bench`: what it is measured on, fan-outs, and readers. Each command that measures prints one line of
/// JSON.
@main
struct NewsFeedBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "news-feed-benchmark",
        subcommands: [PrepareFollowers.self, FanOut.self, PrepareReaders.self, ReadFeeds.self])
}

/// Runs a news feed, with its worker, while `body` does.
func withNewsFeed(
    socket: String, _ settings: NewsFeedConfiguration, _ body: (NewsFeed, RedisClient) async throws -> Void
) async throws {
    var logger = Logger(label: "news-feed-benchmark")
    logger.logLevel = .error
    let redis = RedisClient(RedisConfiguration(address: .unixSocket(path: socket)), logger: logger)
    let feed = NewsFeed(redis: redis, configuration: settings, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await feed.run() }
        try await eventually("the news feed works") {
            do { try await feed.probe() } catch { return false }
            return true
        }
        try await body(feed, redis)
        group.cancelAll()
    }
    await redis.close()
}

/// Waits until every post has been brought to readers.
func settle(_ feed: NewsFeed) async throws {
    try await eventually("every post is brought to readers", every: .microseconds(200)) {
        try await feed.queueLag().waiting == 0
    }
}

private func eventually(
    _ what: String, every pause: Duration = .milliseconds(10), _ holds: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !holds() {
        guard ContinuousClock.now < end else { throw ValidationError("not within a minute: \(what)") }
        try await Task.sleep(for: pause)
    }
}

/// Does something for each number, so many at once.
func concurrently(_ numbers: Range<Int>, width: Int = 64, _ work: @escaping @Sendable (Int) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for number in numbers {
            if number - numbers.lowerBound >= width { try await group.next() }
            group.addTask { try await work(number) }
        }
        try await group.waitForAll()
    }
}

/// What this process has used so far.
func processorMicroseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

func printLine(of figures: some Encodable) throws {
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
}
