import ArgumentParser
import NewsFeed
import Redis

/// Makes readers who each follow 1,000 authors, 20 of whom are celebrities, and whose timelines are full.
///
/// Every tenth reader follows the same authors. The first ten are made the usual way, and the others are copies of them in Redis; a look
/// through the library tells whether they are what they should be.
struct PrepareReaders: AsyncParsableCommand {
    @Option(help: "Unix socket of Redis.")
    var socket: String
    @Option(help: "How many readers, a multiple of ten.")
    var readers = 4_000

    private static let kinds = 10
    private static let (authors, followedAuthors) = (10_000, 980)
    private static let (celebrities, followedCelebrities, postsOfCelebrity) = (100, 20, 50)
    /// Microseconds since 1970.
    private static let followedAt = 1_795_000_000_000_000

    func validate() throws {
        guard readers > 0, readers.isMultiple(of: Self.kinds) else { throw ValidationError("--readers is a multiple of ten") }
    }

    func run() async throws {
        var settings = NewsFeedConfiguration()
        // Between the followers of an author, a tenth of the readers, and those of a celebrity, a fifth.
        settings.celebrityThreshold = readers * 3 / 20
        try await withNewsFeed(socket: socket, settings) { feed, redis in
            let kinds = Self.kinds
            try await concurrently(0..<kinds, width: kinds) { reader in
                for author in Self.followed(by: reader) { try await feed.follow(Self.name(reader), author) }
            }
            try await copy(["following", "following-version"], on: redis)
            try await follow(redis)

            var posts = (0..<Self.authors).map { "author\($0)" }
            for _ in 0..<Self.postsOfCelebrity { posts += (0..<Self.celebrities).map { "celebrity\($0)" } }
            let order = posts.shuffled()
            let text = String(repeating: "A post of a sentence or two, as most of them are. ", count: 3)
            try await concurrently(0..<order.count) { _ = try await feed.post(NewPost(author: order[$0], text: text)) }
            try await settle(feed)
            for reader in 0..<kinds { _ = try await feed.feed(of: Self.name(reader)) }
            try await copy(["timeline", "timeline-state"], on: redis)
            try await check(feed)
        }
    }

    private static func name(_ reader: Int) -> String { "reader\(reader)" }

    private static func followed(by kind: Int) -> [String] {
        (0..<followedAuthors).map { "author\(kind + $0 * kinds)" }
            + (0..<followedCelebrities).map { "celebrity\((kind + $0 * 5) % celebrities)" }
    }

    /// Parts of the first readers for all others of their kind.
    private func copy(_ parts: [String], on redis: RedisClient) async throws {
        for reader in Self.kinds..<readers {
            let copies = parts.map { part in
                RedisCommand(
                    "COPY", "news-feed:{\(Self.name(reader % Self.kinds))}:\(part)", "news-feed:{\(Self.name(reader))}:\(part)")
            }
            for reply in await redis.pipeline(copies, deadline: .seconds(30)) {
                guard try reply.get() == .integer(1) else { throw ValidationError("there is no \(parts) to be copied") }
            }
        }
    }

    /// What the library notes on the authors' side, for the copies.
    private func follow(_ redis: RedisClient) async throws {
        for kind in 0..<Self.kinds {
            let others = stride(from: kind + Self.kinds, to: readers, by: Self.kinds)
            let followers = others.flatMap { [Self.followedAt, Self.name($0)] as [any RedisArgument] }
            guard !followers.isEmpty else { return }
            let commands = Self.followed(by: kind).map { author in
                RedisCommand("ZADD", arguments: ["news-feed:{\(author)}:followers"] + followers)
            }
            for reply in await redis.pipeline(commands, deadline: .seconds(60)) { _ = try reply.get() }
        }
    }

    private func check(_ feed: NewsFeed) async throws {
        let reader = readers - 1
        let followed = Self.followed(by: reader % Self.kinds)
        guard try await Set(feed.following(of: Self.name(reader), limit: 1_000).items) == Set(followed) else {
            throw ValidationError("the library does not find whom readers follow")
        }
        for author in [followed[0], followed[followed.count - 1]] {
            let followers = try await feed.followers(of: author, limit: 1_000)
            guard followers.items.contains(Self.name(reader)) || followers.nextCursor != nil else {
                throw ValidationError("the library does not find who follows \(author)")
            }
        }
        let page = try await feed.feed(of: Self.name(reader))
        guard page.items.count == 20, Set(page.items.map(\.author)).isSubset(of: followed) else {
            throw ValidationError("the library does not show a copied timeline")
        }
    }
}
