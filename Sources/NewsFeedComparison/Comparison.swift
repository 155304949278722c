import NewsFeed
import Redis

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
    /// So many entries a timeline keeps.
    var timelineLength = NewsFeedConfiguration().timelineLength

    /// - Parameters:
    ///   - strategies: at least one. ``ComparedStrategy/pairwise`` is measured last, since it goes by what push and pull cost.
    ///   - bounds: what is slower is not recommended.
    public init(
        graph: FollowGraph, workload: Workload, strategies: [ComparedStrategy], bounds: Recommendation.Bounds = .init(),
        redis: ComparisonRedis = .temporary
    ) {
        (self.graph, self.workload, self.bounds, self.redis) = (graph, workload, bounds, redis)
        self.strategies = strategies.filter { $0 != .pairwise } + strategies.filter { $0 == .pairwise }.prefix(1)
    }

    /// Leaves nothing behind in Redis, also when it fails or its task is cancelled; unless Redis does not answer any more.
    /// - Throws: ``ComparisonError``; what the private Redis failed with; `CancellationError`.
    public func run(progress: @escaping (Progress) -> Void = { _ in }) async throws -> ComparisonResult {
        try await run(progress: progress) { _, _, _ in }
    }

    /// - Parameter onPage: called with each page that was read: under which strategy, by whom, and the numbers of its posts in the
    ///   order in which they were made.
    func run(
        progress: @escaping (Progress) -> Void, onPage: @escaping (ComparedStrategy, Int32, [Int]) -> Void
    ) async throws -> ComparisonResult {
        do {
            try await redis.claim()
            let result: Result<ComparisonResult, any Error>
            do { result = .success(try await measureAll(progress, onPage)) } catch { result = .failure(error) }
            await redis.release()
            return try result.get()
        } catch {
            // Whatever was under way when it was cancelled fails in its own way.
            try Task.checkCancellation()
            switch error {
            case NewsFeedError.redis(let cause): throw ComparisonError(.redisFailed, "\(cause)")
            case let cause as RedisError: throw ComparisonError(.redisFailed, "\(cause)")
            case let cause as NewsFeedError: throw ComparisonError(.redisFailed, "\(cause)")
            default: throw error
            }
        }
    }

    private func measureAll(
        _ progress: @escaping (Progress) -> Void, _ onPage: @escaping (ComparedStrategy, Int32, [Int]) -> Void
    ) async throws -> ComparisonResult {
        var outcomes: [StrategyOutcome] = []
        var pages: Set<PageDigest> = []
        var operations = 0
        let total = StrategyRun.operations(workload) * strategies.count
        var pairCosts: PairCosts?
        for strategy in strategies {
            if strategy == .pairwise { pairCosts = PairCosts(outcomes, graph: graph, workload: workload) }
            let configuration = configuration(for: strategy, costRatio: pairCosts?.ratio ?? 1)
            let measurement = try await redis.withClient { client in
                var run = StrategyRun(
                    graph: graph, workload: workload, configuration: configuration, client: client,
                    progress: { done in
                        operations += done
                        progress(Progress(strategy: strategy, operations: operations, totalOperations: total))
                    },
                    onPage: { onPage(strategy, $0, $1) })
                return try await run.measure()
            }
            pages.insert(measurement.pages)
            outcomes.append(StrategyOutcome(strategy, measurement, workload))
        }
        return ComparisonResult(
            graph: .init(graph), workload: .init(workload), results: outcomes,
            recommendation: Recommendation(outcomes, bounds: bounds, workload: workload, mostFollowers: graph.mostFollowers),
            pairCostRatio: strategies.contains(.pairwise) ? (pairCosts?.ratio ?? 1) : nil, samePages: pages.count <= 1)
    }

    private func configuration(for strategy: ComparedStrategy, costRatio: Double) -> NewsFeedConfiguration {
        var configuration = NewsFeedConfiguration()
        configuration.timelineLength = timelineLength
        switch strategy {
        case .push: configuration.strategy = .push
        case .pull: configuration.strategy = .pull
        case .hybrid(let threshold):
            (configuration.strategy, configuration.celebrityThreshold) = (.hybrid, threshold)
        case .pairwise:
            let rule = PairRule(workload, costRatio: costRatio)
            configuration.pushes = { author, follower in
                guard let author = Int(author), let follower = Int(follower) else { return true }
                return rule.pushes(author: author, follower: follower)
            }
        }
        return configuration
    }
}
