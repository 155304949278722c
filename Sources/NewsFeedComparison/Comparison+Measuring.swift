import NewsFeed
import RedisMeasuring

extension Comparison {
    /// What came of the strategies, in the order in which they are shown.
    struct Measured {
        let outcomes: [StrategyOutcome]
        /// What a push cost, by what a pull cost, as pairs were judged by.
        let pairCostRatio: Double
        let samePages: Bool
    }

    typealias PageObserver = (ComparedStrategy, Int32, [Int]) -> Void

    /// Each turn is done with one strategy after the other, so that what else the machine does is spread over all alike; unless they
    /// share a Redis, or would not fit into memory.
    func measure(_ progress: @escaping (Progress) -> Void, _ onPage: @escaping PageObserver) async throws -> Measured {
        let isSideBySide = redis.isOneForEach && graph.edgeCount * strategies.count <= Self.edgesSideBySide
        var counter = ProgressCounter(total: StrategySession.operations(workload) * strategies.count, report: progress)
        // Pairs are judged by what push and pull cost in their first turns.
        let ends = strategies.filter { $0 == .push || $0 == .pull }
        let others = strategies.filter { !ends.contains($0) }
        var sessions: [StrategySession] = []
        var (pilots, measurements): ([ComparedStrategy: Measurement], [ComparedStrategy: Measurement]) = ([:], [:])
        var ratio = 1.0

        func open(_ strategy: ComparedStrategy) async throws {
            let session = try await session(strategy, costRatio: ratio, onPage)
            sessions.append(session)
            try await session.prepare { counter.add($0, strategy) }
        }
        func advance(to turn: Int) async throws {
            while let next = sessions.filter({ $0.turn < turn }).min(by: { $0.turn < $1.turn }) {
                try await next.doNextTurn { counter.add($0, next.strategy) }
                if next.turn == workload.pilotTurns { pilots[next.strategy] = next.pilot }
            }
        }
        func closeAll() async throws {
            var failure: (any Error)?
            for session in sessions {
                measurements[session.strategy] = session.measurement
                do { try await session.close() } catch { failure = failure ?? error }
            }
            sessions = []
            if let failure { throw failure }
        }
        func judgePairs() {
            let known = pilots.filter { ends.contains($0.key) }.map { StrategyOutcome($0, $1, workload) }
            ratio = PairCosts(known)?.ratio ?? 1
        }

        do {
            if isSideBySide {
                for strategy in ends { try await open(strategy) }
                try await advance(to: workload.pilotTurns)
                judgePairs()
                for strategy in others { try await open(strategy) }
                try await advance(to: workload.turns.count)
                try await closeAll()
            } else {
                for strategy in ends + others {
                    if strategy == .pairwise { judgePairs() }
                    try await open(strategy)
                    try await advance(to: workload.turns.count)
                    try await closeAll()
                }
            }
        } catch {
            try? await closeAll()
            throw error
        }
        return Measured(
            outcomes: strategies.compactMap { strategy in measurements[strategy].map { .init(strategy, $0, workload) } },
            pairCostRatio: ratio, samePages: Set(measurements.values.map(\.pages)).count <= 1)
    }

    /// More in all servers together would take gigabytes.
    private static let edgesSideBySide = 5_000_000

    private func session(
        _ strategy: ComparedStrategy, costRatio: Double, _ onPage: @escaping PageObserver
    ) async throws -> StrategySession {
        StrategySession(
            strategy, graph: graph, workload: workload, configuration: configuration(for: strategy, costRatio: costRatio),
            server: try await redis.open(), onPage: { onPage(strategy, $0, $1) })
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

/// Adds up what was done.
private struct ProgressCounter {
    private var done = 0
    private let total: Int
    private let report: (Comparison.Progress) -> Void

    init(total: Int, report: @escaping (Comparison.Progress) -> Void) {
        (self.total, self.report) = (total, report)
    }

    mutating func add(_ operations: Int, _ strategy: ComparedStrategy) {
        done += operations
        report(.init(strategy: strategy, operations: done, totalOperations: total))
    }
}
