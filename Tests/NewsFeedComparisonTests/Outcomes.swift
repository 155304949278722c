import RedisMeasuring

@testable import NewsFeedComparison

/// What a strategy might have cost.
func outcome(
    _ strategy: ComparedStrategy, cpuPerPost: Double = 100, cpuPerRead: Double = 50, readsPerPost: Double = 10,
    writesPerPost: Double = 2, commandsPerRead: Double = 90, readMs: Double = 1, visibleMs: Double = 1,
    cpuOfReads: [Double] = []
) -> StrategyOutcome {
    let graph = FollowGraph.synthetic(users: 2, seed: 1)
    var measurement = Measurement()
    measurement.posting = [.init(calls: ["zadd": Int(writesPerPost)], receivedBytes: 1234, cpuMicroseconds: cpuPerPost)]
    measurement.reading = [.init(calls: ["get": Int(commandsPerRead)], receivedBytes: 99, cpuMicroseconds: cpuPerRead)]
    measurement.visible = [.microseconds(Int(visibleMs * 1000))]
    measurement.reads = [.microseconds(Int(readMs * 1000))]
    measurement.cpuOfReads = cpuOfReads
    measurement.memoryBytes = 5_000_000
    let workload = Workload(graph: graph, posts: 1, reads: 1, readsPerPost: readsPerPost, seed: 1)
    return StrategyOutcome(strategy, measurement, workload)
}

func recommendation(_ outcomes: [StrategyOutcome], read: Double = 10, visible: Double = 1000) -> Recommendation {
    var bounds = Recommendation.Bounds()
    (bounds.read, bounds.visible) = (read, visible)
    return Recommendation(outcomes, bounds: bounds, readsPerPost: 10, mostFollowers: 999)
}

/// A result of these outcomes, on a graph that was made up or not.
func comparison(
    _ outcomes: [StrategyOutcome], name: String = "graph.txt", isSynthetic: Bool = false, samePages: Bool = true
) -> ComparisonOutcome {
    let made = FollowGraph.synthetic(users: 200, followedPerUser: 10, seed: 1)
    let edges = made.followed.enumerated().flatMap { user, followed in
        followed.map { FollowGraph.Edge(follower: Int32(user), followee: $0) }
    }
    let graph = FollowGraph(name: name, isSynthetic: isSynthetic, userCount: 200, edges: edges)
    return ComparisonOutcome(
        graph: .init(graph), workload: .init(Workload(graph: graph, posts: 10, reads: 100, seed: 1)), results: outcomes,
        recommendation: recommendation(outcomes), pairCostRatio: 5.1, samePages: samePages)
}
