import NewsFeedComparison
import Redis
import RedisMeasuring
import ServiceKit
import Terminal

/// The options of `news-feed compare`, found to be in order.
struct CompareOptions {
    private let command: CompareCommand
    private let kinds: [ComparedStrategy.Kind]
    /// nil: by the graph.
    private let thresholds: [Int]?
    private let bounds: Recommendation.Bounds
    private let redis: ComparisonRedis

    private static let users = 2...50_000
    private static let mostThresholds = 20

    /// - Throws: `UsageError`.
    init(_ command: CompareCommand) throws {
        self.command = command
        let settings = Settings(environment: [:])
        _ = try settings.integer("posts", command.posts, in: 1...100_000)
        _ = try settings.integer("reads", command.reads, in: 1...1_000_000)
        _ = try settings.integer("users", command.users, in: Self.users)
        if command.graph != nil, command.users != nil {
            throw UsageError("--users is of the synthetic graph, and --graph is given.")
        }
        if command.graph == nil, command.undirected { throw UsageError("--undirected is of an edge list; --graph names it.") }
        kinds = try Self.kinds(command.strategies)
        thresholds = try command.thresholds.map(Self.thresholds)
        if thresholds != nil, !kinds.contains(.hybrid) {
            throw UsageError("--thresholds are of hybrid, which is not in --strategies.")
        }
        if let ratio = command.readsPerPost { try Self.checkPositive("reads-per-post", ratio) }
        try Self.checkPositive("read-bound-ms", command.readBoundMs)
        try Self.checkPositive("visible-bound-ms", command.visibleBoundMs)
        var bounds = Recommendation.Bounds()
        (bounds.read, bounds.visible) = (command.readBoundMs, command.visibleBoundMs)
        self.bounds = bounds
        do throws(RedisError) {
            // A private one is as the service's.
            redis =
                try command.redis.map { url throws(RedisError) in .given(try RedisConfiguration(url: url)) }
                ?? .temporary(arguments: FeedOptions.redisArguments)
        } catch {
            throw UsageError("--redis: \(error.message).")
        }
    }

    /// Reads the graph, or makes it.
    /// - Throws: `ComparisonError`.
    func comparison() throws -> Comparison {
        let graph =
            try command.graph.map { try FollowGraph(edgeList: $0, isUndirected: command.undirected) }
            ?? .synthetic(users: command.users ?? 3_000, seed: command.seed)
        let workload = Workload(
            graph: graph, posts: command.posts, reads: command.reads, readsPerPost: command.readsPerPost, seed: command.seed)
        let strategies = kinds.flatMap { kind -> [ComparedStrategy] in
            switch kind {
            case .push: [.push]
            case .pull: [.pull]
            case .hybrid: (thresholds ?? graph.typicalThresholds).map { .hybrid(threshold: $0) }
            case .pairwise: [.pairwise]
            }
        }
        return Comparison(graph: graph, workload: workload, strategies: strategies, bounds: bounds, redis: redis)
    }

    private static func kinds(_ text: String) throws -> [ComparedStrategy.Kind] {
        var kinds: [ComparedStrategy.Kind] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let kind = ComparedStrategy.Kind(rawValue: String(word)) else {
                let choices = ComparedStrategy.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--strategies has \(word.visible(limit: 50)); it takes \(choices), separated by commas.")
            }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }

    private static func thresholds(_ text: String) throws -> [Int] {
        let thresholds = try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let threshold = Int(word), (1...1_000_000_000).contains(threshold) else {
                throw UsageError("--thresholds has \(word.visible(limit: 50)); it takes numbers above 0, separated by commas.")
            }
            return threshold
        }
        guard thresholds.count <= mostThresholds else { throw UsageError("--thresholds takes at most \(mostThresholds).") }
        return Set(thresholds).sorted()
    }

    private static func checkPositive(_ name: String, _ value: Double) throws {
        guard value > 0, value <= 1_000_000 else { throw UsageError("--\(name) is \(value); it goes above 0, to 1000000.") }
    }
}
