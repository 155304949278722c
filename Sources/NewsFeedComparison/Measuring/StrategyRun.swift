import Logging
import NewsFeed
import Redis

/// Does a workload on one strategy, with the service's own library and worker, and measures it.
///
/// Posts and reads come one after the other, and no read before all posts are visible: nothing waits for anything else, so what is
/// measured is what the strategy costs by itself, and each strategy must show the same pages.
struct StrategyRun {
    let graph: FollowGraph
    let workload: Workload
    let client: RedisClient
    let feed: NewsFeed
    private let progress: (Int) -> Void
    private let onPage: (Int32, [Int]) -> Void

    static let pageSize = 20
    /// About as long as people write.
    private static let text = String(repeating: "groundwork ", count: 12)
    private static let readersAtOnce = 16

    private var measurement = Measurement()
    /// The posts so far, oldest first.
    private var posts: [String] = []
    private var places: [String: Int] = [:]

    /// - Parameters:
    ///   - progress: called with how many operations were done since it was called last.
    ///   - onPage: called with each page that was read: its reader, and the numbers of the posts on it.
    init(
        graph: FollowGraph, workload: Workload, configuration: NewsFeedConfiguration, client: RedisClient,
        progress: @escaping (Int) -> Void, onPage: @escaping (Int32, [Int]) -> Void
    ) {
        (self.graph, self.workload, self.client) = (graph, workload, client)
        (self.progress, self.onPage) = (progress, onPage)
        var configuration = configuration
        configuration.redisDeadline = ComparisonRedis.patience
        feed = NewsFeed(
            redis: client, configuration: configuration, logger: Logger(label: "news-feed") { _ in SwiftLogNoOpLogHandler() })
    }

    /// How many operations it consists of.
    static func operations(_ workload: Workload) -> Int {
        workload.readers.count + workload.earlierAuthors.count + workload.postCount + workload.readCount
    }

    /// - Returns: what was measured. Nothing is left in Redis.
    mutating func measure() async throws -> Measurement {
        let result: Result<Void, any Error>
        do { result = .success(try await runWithWorker()) } catch { result = .failure(error) }
        let (feed, users, posts) = (feed, graph.userCount, posts)
        // Also when this task is cancelled.
        let erased = await Task { try await feed.erase(users: (0..<users).map { "\($0)" }, posts: posts) }.result
        try result.get()
        try erased.get()
        return measurement
    }

    private mutating func runWithWorker() async throws {
        try await feed.load(graph.followed.enumerated().map { (user: "\($0)", followed: $1.map { "\($0)" }) })
        var visible = VisiblePosts(of: feed)
        let (service, listening) = (feed, visible.listening)
        let workers = Task { try await service.run() }
        let listener = Task { await listening() }
        let result: Result<Void, any Error>
        do { result = .success(try await run(&visible)) } catch { result = .failure(error) }
        listener.cancel()
        workers.cancel()
        _ = await workers.result
        try result.get()
    }

    private mutating func run(_ visible: inout VisiblePosts) async throws {
        try await waitUntilReady()
        let empty = try await RedisInformation.read(from: client).usedMemory
        try await prepare()
        var before = try await RedisInformation.read(from: client).counters
        for turn in workload.turns {
            for author in turn.authors { try await post(author, &visible) }
            let between = try await RedisInformation.read(from: client).counters
            for reader in turn.readers { try await read(reader) }
            let after = try await RedisInformation.read(from: client).counters
            measurement.posting += between - before
            measurement.reading += after - between
            before = after
        }
        measurement.memoryBytes = try await RedisInformation.read(from: client).usedMemory - empty
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + ComparisonRedis.patience
        while true {
            do { return try await feed.probe() } catch {
                guard .now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Lets all who will read have a timeline, and posts what was posted before.
    private mutating func prepare() async throws {
        for start in stride(from: 0, to: workload.readers.count, by: Self.readersAtOnce) {
            let readers = workload.readers[start..<min(start + Self.readersAtOnce, workload.readers.count)]
            try await withThrowingTaskGroup { [feed] group in
                for reader in readers { group.addTask { _ = try await feed.feed(of: "\(reader)", limit: 1) } }
                try await group.waitForAll()
            }
            progress(readers.count)
        }
        for author in workload.earlierAuthors {
            _ = try await accept(author)
            progress(1)
        }
        while try await feed.queueLag().waiting > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }

    // MARK: Operations

    /// Not interrupted: what is under way must be known, to be deleted.
    private mutating func accept(_ author: Int32) async throws -> String {
        try Task.checkCancellation()
        let id = try await Task { [feed] in try await feed.post(NewPost(author: "\(author)", text: Self.text)).id }.value
        places[id] = posts.count
        posts.append(id)
        return id
    }

    private mutating func post(_ author: Int32, _ visible: inout VisiblePosts) async throws {
        let id = try await accept(author)
        let start = ContinuousClock.now
        try await visible.wait(for: id)
        measurement.visible.append(.now - start)
        progress(1)
    }

    private mutating func read(_ reader: Int32) async throws {
        let start = ContinuousClock.now
        let page = try await feed.feed(of: "\(reader)", limit: Self.pageSize)
        measurement.reads.append(.now - start)
        let posts = page.items.map { places[$0.id] ?? -1 }
        measurement.pages.add(reader: reader, posts: posts)
        onPage(reader, posts)
        progress(1)
    }
}
