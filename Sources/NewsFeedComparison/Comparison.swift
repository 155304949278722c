import NewsFeed
import Redis
public import RedisMeasuring

/// Compares ways to bring posts to readers: on one graph, with the same posts and reads in the same order, on real Redis.
public struct Comparison: Sendable {
    /// How far a comparison has come.
    public struct Progress: Sendable {
        public let strategy: ComparedStrategy
        /// Of all strategies together.
        public let operations: Int
        public let totalOperations: Int
    }

    let graph: FollowGraph
    let workload: Workload
    let strategies: [ComparedStrategy]
    let bounds: Recommendation.Bounds
    let redis: ComparisonRedis
    /// Says whose the keys are, should this process be killed.
    static let claim = "news-feed:comparison"
    /// So many entries a timeline keeps.
    var timelineLength = NewsFeedConfiguration().timelineLength

    /// - Parameters:
    ///   - strategies: at least one, none twice.
    ///   - bounds: what is slower is not recommended.
    public init(
        graph: FollowGraph, workload: Workload, strategies: [ComparedStrategy], bounds: Recommendation.Bounds = .init(),
        redis: ComparisonRedis = .temporary()
    ) {
        (self.graph, self.workload, self.bounds, self.redis) = (graph, workload, bounds, redis)
        self.strategies = strategies
    }

    /// Leaves nothing behind in Redis, also when it fails or its task is cancelled; unless Redis does not answer any more.
    /// - Throws: ``ComparisonError``; what the private Redis failed with; `CancellationError`.
    public func run(progress: @escaping (Progress) -> Void = { _ in }) async throws -> ComparisonOutcome {
        try await run(progress: progress) { _, _, _ in }
    }

    /// - Parameter onPage: called with each page that was read: under which strategy, by whom, and the numbers of its posts in the
    ///   order in which they were made.
    func run(
        progress: @escaping (Progress) -> Void, onPage: @escaping PageObserver
    ) async throws -> ComparisonOutcome {
        do {
            try await redis.claim(Self.claim, for: "news-feed") { try await NewsFeed(redis: $0).listeners() > 0 }
            let result: Result<ComparisonOutcome, any Error>
            do { result = .success(outcome(of: try await measure(progress, onPage))) } catch { result = .failure(error) }
            await redis.release(Self.claim)
            return try result.get()
        } catch {
            // Whatever was under way when it was cancelled fails in its own way.
            try Task.checkCancellation()
            switch error {
            case let cause as DatabaseInUse: throw ComparisonError(.databaseInUse, cause.message)
            case NewsFeedError.redis(let cause): throw ComparisonError(.redisFailed, "\(cause)")
            case let cause as RedisError: throw ComparisonError(.redisFailed, "\(cause)")
            case let cause as NewsFeedError: throw ComparisonError(.redisFailed, "\(cause)")
            default: throw error
            }
        }
    }

    private func outcome(of measured: Measured) -> ComparisonOutcome {
        ComparisonOutcome(
            graph: .init(graph), workload: .init(workload), results: measured.outcomes,
            recommendation: Recommendation(
                measured.outcomes, bounds: bounds, readsPerPost: workload.readsPerPost, mostFollowers: graph.mostFollowers),
            pairCostRatio: strategies.contains(.pairwise) ? measured.pairCostRatio.rounded(places: 3) : nil,
            samePages: measured.samePages)
    }
}
