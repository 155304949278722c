import EmbeddedRedis
import Redis
import TestSupport
import Testing

@testable import NewsFeed

/// Several instances of a news feed on one Redis, each with a client of its own, as if on several machines.
struct Fleet {
    let server: EmbeddedRedis
    let feeds: [NewsFeed]
    /// A client that no instance uses, for looking at what is in Redis, and for harming it.
    let redis: RedisClient

    var feed: NewsFeed { feeds[0] }
    subscript(index: Int) -> NewsFeed { feeds[index % feeds.count] }

    func becomesReady() async throws {
        try await eventually("every instance works", within: .seconds(60)) {
            for feed in feeds { try await feed.probe() }
            return true
        }
    }

    /// Waits until every post has been brought to readers.
    func settles(within limit: Duration = .seconds(60)) async throws {
        try await eventually("the queue is empty", within: limit) {
            try await redis.send(RedisCommand("XLEN", NewsFeedKeys.queue)).decode(as: Int.self) == 0
        }
    }

    @discardableResult
    func post(_ author: String, _ text: String = "text") async throws -> String {
        try await feed.post(NewPost(author: author, text: text)).id
    }

    func integer(_ command: String, _ arguments: String...) async throws -> Int {
        try await redis.send(RedisCommand(command, arguments: arguments)).decode()
    }

    /// The texts of all pages.
    func texts(of user: String, limit: Int = 100) async throws -> [String] {
        try await allPosts(of: user, limit: limit).map(\.text)
    }

    func allPosts(of user: String, limit: Int = 100) async throws -> [Post] {
        try await all { cursor in try await feed.feed(of: user, after: cursor, limit: limit) }
    }

    /// The entries of a user's timeline, newest first; nil when there is none that can be relied on.
    func timeline(of user: String) async throws -> [String]? {
        try await feed.timeline(of: UserName(user), after: nil, count: 10_000).part?.members
    }
}

/// All pages of a list.
func all<Item>(_ page: (String?) async throws -> Page<Item>) async throws -> [Item] {
    var items: [Item] = []
    var cursor: String?
    repeat {
        let page = try await page(cursor)
        items += page.items
        cursor = page.nextCursor
    } while cursor != nil
    return items
}

/// - Parameter patience: how long a step may wait for Redis. Long where Redis is healthy, since a busy machine may make it late
///   without anything being wrong; short where its failure is the matter.
func withFleet<Value>(
    of count: Int = 1, patience: Duration = .seconds(10), runs: Bool = true,
    configure: (Int, inout NewsFeedConfiguration) -> Void = { _, _ in }, _ body: (Fleet) async throws -> Value
) async throws -> Value {
    try await withRedis { server, redis in
        var clientConfiguration = try RedisConfiguration(url: server.url)
        clientConfiguration.deadline = patience
        let clients = (0..<count).map { [clientConfiguration] _ in RedisClient(clientConfiguration) }
        let feeds = clients.enumerated().map { index, client in
            var configuration = NewsFeedConfiguration()
            configuration.redisDeadline = patience
            configure(index, &configuration)
            return NewsFeed(redis: client, configuration: configuration)
        }
        let running = runs ? feeds.map { feed in Task { try await feed.run() } } : []
        func end() async {
            for task in running { task.cancel() }
            for task in running { _ = await task.result }
            for client in clients { await client.close() }
        }
        do {
            let fleet = Fleet(server: server, feeds: feeds, redis: redis)
            if runs { try await fleet.becomesReady() }
            let value = try await body(fleet)
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }
}
