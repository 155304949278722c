import EmbeddedRedis
import NewsFeed
import Redis
import Synchronization
import TestSupport
import Testing

@testable import NewsFeedComparison
@testable import RedisMeasuring

/// On real Redis, from beginning to end.
@Suite("Comparisons", .serialized)
struct ComparisonTests {
    private static let strategies: [ComparedStrategy] = [
        .push, .pull, .hybrid(threshold: 4), .hybrid(threshold: 12), .pairwise,
    ]

    private static func work(seed: UInt64, posts: Int = 40, reads: Int = 240) -> (graph: FollowGraph, workload: Workload) {
        let graph = FollowGraph.synthetic(users: 40, followedPerUser: 6, seed: seed)
        return (graph, Workload(graph: graph, posts: posts, reads: reads, seed: seed))
    }

    private struct Page: Equatable {
        let reader: Int32
        let posts: [Int]
    }

    /// The pages that must be shown, by brute force. Nobody follows who makes the first post.
    private static func expectedPages(_ graph: FollowGraph, _ workload: Workload) -> [Page] {
        var authors = [Int32(graph.userCount)] + workload.earlierAuthors
        return workload.turns.flatMap { turn in
            authors += turn.authors
            return turn.readers.map { reader in
                let posts = authors.indices.filter { authors[$0] == reader || graph.followed[Int(reader)].contains(authors[$0]) }
                return Page(reader: reader, posts: posts.suffix(StrategySession.pageSize).reversed())
            }
        }
    }

    /// To how many timelines the posts that are measured go at most: those of readers.
    private static func timelinesPerPost(_ graph: FollowGraph, _ workload: Workload, isPushed: (Int32) -> Bool) -> Double {
        let authors = workload.turns[workload.pilotTurns...].flatMap { Array($0.authors) }
        let written = authors.filter(isPushed).map { author in
            workload.readers.count { graph.followed[Int($0)].contains(author) }
        }
        return Double(written.reduce(0, +)) / Double(authors.count)
    }

    @Test(
        "Every strategy shows each reader exactly the pages of brute force, and writes as often as it must", arguments: [3, 800])
    func agreement(timelineLength: Int) async throws {
        let seed = UInt64.random(in: 1...1_000_000)
        let (graph, workload) = Self.work(seed: seed)
        var comparison = Comparison(graph: graph, workload: workload, strategies: Self.strategies)
        comparison.timelineLength = timelineLength
        var pages: [ComparedStrategy: [Page]] = [:]
        var last: Comparison.Progress?
        let result = try await comparison.run(progress: { last = $0 }) { strategy, reader, posts in
            pages[strategy, default: []].append(Page(reader: reader, posts: posts))
        }
        let expected = Self.expectedPages(graph, workload)
        for strategy in Self.strategies { #expect(pages[strategy] == expected, "\(strategy), seed \(seed)") }
        #expect(result.samePages && result.results.map(\.strategy) == Self.strategies)
        #expect(last?.operations == last?.totalOperations)

        func writes(_ strategy: ComparedStrategy) -> Double {
            (result.results.first { $0.strategy == strategy }?.writesPerPost ?? -1)
        }
        func expectedWrites(_ isPushed: (Int32) -> Bool) -> Double {
            (2 + Self.timelinesPerPost(graph, workload, isPushed: isPushed)).rounded(places: 2)
        }
        #expect(writes(.push) == expectedWrites { _ in true }, "seed \(seed)")
        #expect(writes(.pull) == 2)
        for threshold in [4, 12] {
            let expected = expectedWrites { graph.followerCounts[Int($0)] < threshold }
            #expect(writes(.hybrid(threshold: threshold)) == expected, "seed \(seed)")
        }
        #expect((2...writes(.push)).contains(writes(.pairwise)))
        for outcome in result.results {
            #expect(outcome.commandsPerPost > 5 && outcome.bytesPerPost > 200 && outcome.memoryBytes > 10_000)
            #expect(outcome.visible.p50 <= outcome.visible.p99 && outcome.read.p50 > 0 && outcome.cost > 0)
        }
    }

    @Test("A Redis that was given is as empty afterwards as before, and its other databases are left alone")
    func given() async throws {
        try await withRedis { server, redis in
            try await redis.set("somebody's", to: "value")
            let (graph, workload) = Self.work(seed: 1, posts: 10, reads: 60)
            var configuration = try RedisConfiguration(url: server.url)
            configuration.database = 3
            let comparison = Comparison(
                graph: graph, workload: workload, strategies: Self.strategies, redis: .given(configuration))
            var pages: [Page] = []
            let result = try await comparison.run(progress: { _ in }) { strategy, reader, posts in
                if strategy == .pairwise { pages.append(Page(reader: reader, posts: posts)) }
            }
            #expect(result.samePages && pages == Self.expectedPages(graph, workload))
            try await expectEmpty(configuration)
            #expect(try await redis.get("somebody's") == "value")
        }
    }

    @Test("A database that is not empty, and a server that a news feed uses, are refused and left as they are")
    func inUse() async throws {
        try await withRedis { server, redis in
            let (graph, workload) = Self.work(seed: 1, posts: 1, reads: 1)
            var configuration = try RedisConfiguration(url: server.url)
            func code() async -> ComparisonError.Code? {
                do {
                    _ = try await Comparison(graph: graph, workload: workload, strategies: [.push], redis: .given(configuration))
                        .run()
                    return nil
                } catch {
                    return (error as? ComparisonError)?.code
                }
            }
            try await redis.set("news-feed:{0}:timeline-state", to: "not mine")
            #expect(await code() == .databaseInUse)
            #expect(try await redis.send(RedisCommand("DBSIZE")).decode(as: Int.self) == 1)

            configuration.database = 1
            let feed = NewsFeed(redis: redis)
            let service = Task { try await feed.run() }
            try await eventually("the service listens") { try await feed.listeners() == 1 }
            #expect(await code() == .databaseInUse)
            service.cancel()
            _ = await service.result
            try await eventually("the service listens no more") { try await feed.listeners() == 0 }
            #expect(await code() == nil)
        }
    }

    @Test("A comparison that is cancelled leaves nothing behind", arguments: [0.01, 0.3, 0.7])
    func cancelled(share: Double) async throws {
        try await withRedis { server, redis in
            let (graph, workload) = Self.work(seed: 1)
            let configuration = try RedisConfiguration(url: server.url)
            let comparison = Comparison(
                graph: graph, workload: workload, strategies: [.push, .pull], redis: .given(configuration))
            let reached = Mutex(false)
            let task = Task {
                try await comparison.run { progress in
                    if Double(progress.operations) >= share * Double(progress.totalOperations) {
                        reached.withLock { $0 = true }
                        withUnsafeCurrentTask { $0?.cancel() }
                    }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(reached.withLock { $0 })
            try await expectEmpty(configuration)
        }
    }

    @Test("A Redis that is not there is an error of its own")
    func away() async throws {
        let (graph, workload) = Self.work(seed: 1, posts: 1, reads: 1)
        let configuration = RedisConfiguration(address: .unixSocket(path: "/nonexistent/redis.sock"))
        await #expect {
            _ = try await Comparison(graph: graph, workload: workload, strategies: [.push], redis: .given(configuration)).run()
        } throws: { error in
            (error as? ComparisonError)?.code == .redisFailed
        }
    }

    private func expectEmpty(_ configuration: RedisConfiguration) async throws {
        let client = RedisClient(configuration)
        let keys = try await client.send(RedisCommand("KEYS", "*"), deadline: .seconds(10)).decode(as: [String].self)
        await client.close()
        #expect(keys.isEmpty)
    }
}
