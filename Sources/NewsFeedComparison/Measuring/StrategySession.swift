import Logging
import NewsFeed
import Redis
import RedisMeasuring

/// Does a workload with one strategy, by the service's own library and worker, and measures it.
///
/// Posts and reads come one after the other, and no read before all posts are visible: nothing waits for anything else, so what is
/// measured is what the strategy costs by itself, and each strategy must show the same pages.
final class StrategySession {
    let strategy: ComparedStrategy
    private(set) var measurement = Measurement()
    /// Of the first turns.
    private(set) var pilot = Measurement()
    private let graph: FollowGraph
    private let workload: Workload
    private let server: ComparisonServer
    private let feed: NewsFeed
    private var visible: VisiblePosts
    private var running: [Task<Void, any Error>] = []
    private let onPage: (Int32, [Int]) -> Void

    static let pageSize = 20
    /// About as long as people write.
    private static let text = String(repeating: "groundwork ", count: 12)
    private static let readersAtOnce = 16

    /// The posts so far, oldest first.
    private var posts: [String] = []
    private var places: [String: Int] = [:]
    /// The turn that is next.
    private(set) var turn = 0
    private var memoryBefore = 0

    /// ``close()`` must be called.
    /// - Parameter onPage: called with each page that was read: its reader, and the numbers of the posts on it.
    init(
        _ strategy: ComparedStrategy, graph: FollowGraph, workload: Workload, configuration: NewsFeedConfiguration,
        server: ComparisonServer, onPage: @escaping (Int32, [Int]) -> Void
    ) {
        (self.strategy, self.graph, self.workload) = (strategy, graph, workload)
        (self.server, self.onPage) = (server, onPage)
        var configuration = configuration
        configuration.redisDeadline = ComparisonRedis.patience
        let quiet = Logger(label: "news-feed") { _ in SwiftLogNoOpLogHandler() }
        feed = NewsFeed(redis: server.client, configuration: configuration, logger: quiet)
        visible = VisiblePosts(of: feed)
    }

    /// How many operations it consists of.
    static func operations(_ workload: Workload) -> Int {
        workload.turns.reduce(workload.readers.count) { $0 + $1.authors.count + $1.readers.count }
    }

    /// Writes the graph and what was posted before, and lets all who will read have a timeline.
    /// - Parameter progress: called with how many operations were done.
    func prepare(progress: (Int) -> Void) async throws {
        try await feed.load(graph.followed.enumerated().map { (user: "\($0)", followed: $1.map { "\($0)" }) })
        let (feed, listening) = (feed, visible.listening)
        running = [Task { try await feed.run() }, Task { await listening() }]
        try await waitUntilReady()
        try await rehearse()
        memoryBefore = try await RedisInformation.read(from: server.client).usedMemory
        let earlier = try await feed.load(postsOf: workload.earlierAuthors.map { "\($0)" }, text: Self.text)
        for id in earlier { note(id) }
        for start in stride(from: 0, to: workload.readers.count, by: Self.readersAtOnce) {
            let readers = workload.readers[start..<min(start + Self.readersAtOnce, workload.readers.count)]
            try await withThrowingTaskGroup { group in
                for reader in readers { group.addTask { _ = try await feed.feed(of: "\(reader)", limit: 1) } }
                try await group.waitForAll()
            }
            progress(readers.count)
        }
    }

    /// Posts, and then reads.
    /// - Parameter progress: called with how many operations were done.
    func doNextTurn(progress: (Int) -> Void) async throws {
        let work = workload.turns[turn]
        let before = try await RedisInformation.read(from: server.client)
        for author in work.authors { try await post(author) }
        let between = try await RedisInformation.read(from: server.client)
        for reader in work.readers { try await read(reader) }
        let after = try await RedisInformation.read(from: server.client)
        measurement.posting.append(between.counters - before.counters)
        measurement.reading.append(after.counters - between.counters)
        if let reading = measurement.reading.last, !work.readers.isEmpty {
            measurement.cpuOfReads.append(reading.cpuMicroseconds / Double(work.readers.count))
        }
        measurement.memoryBytes = after.usedMemory - memoryBefore
        turn += 1
        if turn == workload.pilotTurns {
            pilot = measurement
            measurement = Measurement()
            measurement.pages = pilot.pages
        }
        progress(work.authors.count + work.readers.count)
    }

    /// Leaves nothing in a Redis that was given.
    func close() async throws {
        for task in running { task.cancel() }
        for task in running { _ = await task.result }
        guard server.isGiven else { return await server.close() }
        let (feed, users, posts) = (feed, 0...graph.userCount, posts)
        // Also when this task is cancelled.
        let erased = await Task { try await feed.erase(users: users.map { "\($0)" }, posts: posts) }.result
        await server.close()
        try erased.get()
    }

    // MARK: Preparing

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + ComparisonRedis.patience
        while true {
            do { return try await feed.probe() } catch {
                guard .now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Redis keeps something of each command that it meets first. Nobody follows who posts and reads here.
    private func rehearse() async throws {
        let nobody = Int32(graph.userCount)
        try await visible.wait(for: try await accept(nobody))
        _ = try await feed.feed(of: "\(nobody)", limit: Self.pageSize)
    }

    // MARK: Operations

    /// Not interrupted: what is under way must be known, to be deleted.
    private func accept(_ author: Int32) async throws -> String {
        try Task.checkCancellation()
        let (feed, post) = (feed, NewPost(author: "\(author)", text: Self.text))
        let id = try await Task { try await feed.post(post).id }.value
        note(id)
        return id
    }

    private func note(_ id: String) {
        places[id] = posts.count
        posts.append(id)
    }

    private func post(_ author: Int32) async throws {
        let id = try await accept(author)
        let start = ContinuousClock.now
        try await visible.wait(for: id)
        measurement.visible.append(.now - start)
    }

    private func read(_ reader: Int32) async throws {
        let start = ContinuousClock.now
        let page = try await feed.feed(of: "\(reader)", limit: Self.pageSize)
        measurement.reads.append(.now - start)
        let posts = page.items.map { places[$0.id] ?? -1 }
        measurement.pages.add(reader: reader, posts: posts)
        onPage(reader, posts)
    }
}
