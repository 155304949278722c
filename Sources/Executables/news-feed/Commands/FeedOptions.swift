import ArgumentParser
import NewsFeed
import ServiceKit

/// How posts reach readers: the same for all who share a feed.
struct FeedOptions: ParsableArguments {
    /// Timelines up to this length cost a sixth of the memory.
    static let packedTimelineEntries = 1024
    /// By the name that Redis before 7 knows, too.
    static let redisArguments = ["--zset-max-ziplist-entries", String(packedTimelineEntries)]

    @Option(help: "How posts reach readers: push, pull or hybrid. (default: hybrid)")
    var strategy: String?
    @Option(help: "With hybrid: posts of whoever has so many followers are read from the author's own list. (default: 10000)")
    var celebrityThreshold: Int?
    @Option(help: "How many entries a timeline keeps; a feed goes on beyond them, from the authors' own lists. (default: 800)")
    var timelineLength: Int?
    @Option(
        help: "How many posts are brought to readers at once; 0 leaves that to `news-feed worker`. (default: 4)")
    var workerLanes: Int?

    /// - Parameter lanes: how many there may be.
    /// - Throws: `UsageError`.
    func configuration(_ settings: Settings, lanes: ClosedRange<Int> = 0...64) throws -> NewsFeedConfiguration {
        var configuration = NewsFeedConfiguration()
        if let strategy: FanOutStrategy = try settings.choice("strategy", strategy) { configuration.strategy = strategy }
        if let threshold = try settings.integer("celebrity-threshold", celebrityThreshold, in: 1...1_000_000_000) {
            configuration.celebrityThreshold = threshold
        }
        if let length = try settings.integer("timeline-length", timelineLength, in: 1...100_000) {
            configuration.timelineLength = length
        }
        if let lanes = try settings.integer("worker-lanes", workerLanes, in: lanes) {
            configuration.workerLanes = lanes
            configuration.runsWorker = lanes > 0
        }
        return configuration
    }
}
