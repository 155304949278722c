import Redis
import Synchronization
import TestSupport
import Testing

@testable import NewsFeed

/// What feeds must be, by brute force.
struct Oracle {
    private(set) var posts: [String: String] = [:]
    private(set) var follows: [String: Set<String>] = [:]

    mutating func post(_ id: String, by author: String) { posts[id] = author }
    mutating func delete(_ id: String) { posts[id] = nil }
    mutating func follow(_ user: String, _ author: String) { follows[user, default: []].insert(author) }
    mutating func unfollow(_ user: String, _ author: String) { follows[user]?.remove(author) }

    /// Newest first, behind a post.
    func feed(of user: String, after id: String?) -> [String] {
        posts.filter { post in
            (post.value == user || follows[user]?.contains(post.value) ?? false) && id.map { post.key < $0 } ?? true
        }.keys.sorted(by: >)
    }
}

@Suite("Every page is what brute force says")
struct OracleTests {
    private let users = (0..<7).map { "user\($0)" }

    /// Instances that disagree on the threshold: any of them may take a post from the queue, so authors cross it all the time.
    private func configure(_ index: Int, _ configuration: inout NewsFeedConfiguration) {
        configuration.timelineLength = 8
        configuration.strategy = [.push, .hybrid, .pull][index % 3]
        configuration.celebrityThreshold = 3
        configuration.workerLanes = 2
    }

    @Test(
        "Posts, deletions, follows, unfollows, lost and truncated timelines, thresholds crossed while pages are turned",
        arguments: 0..<3)
    func pages(run: Int) async throws {
        try await expectPages(configure)
    }

    @Test("The same when all posts are pushed, so that only timelines have them", arguments: 0..<2)
    func pushed(run: Int) async throws {
        try await expectPages { index, configuration in
            configure(index, &configuration)
            configuration.strategy = .push
        }
    }

    @Test("The same when a rule says for each author and follower whether to push", arguments: 0..<1)
    func pairs(run: Int) async throws {
        try await expectPages { index, configuration in
            configure(index, &configuration)
            configuration.pushes = { author, follower in (author + follower).utf8.reduce(0) { $0 &* 31 &+ Int($1) } % 3 != 0 }
        }
    }

    private func expectPages(_ configure: (Int, inout NewsFeedConfiguration) -> Void) async throws {
        try await withFleet(of: 3, configure: configure) { fleet in
            var random = SeededGenerator()
            var oracle = Oracle()
            for _ in 0..<40 {
                for _ in 0..<Int.random(in: 0...12, using: &random) { try await change(fleet, &oracle, &random) }
                let (user, limit) = (random.pick(users), random.pick([1, 2, 3, 5, 20]))
                var cursor: String?
                var last: String?
                repeat {
                    try await fleet.settles()
                    let page = try await fleet[Int.random(in: 0..<3, using: &random)].feed(of: user, after: cursor, limit: limit)
                    let rest = oracle.feed(of: user, after: last)
                    try #require(page.items.map(\.id) == Array(rest.prefix(limit)), "\(random), \(user), limit \(limit)")
                    try #require((page.nextCursor == nil) == (rest.count <= limit), "\(random)")
                    (cursor, last) = (page.nextCursor, page.items.last?.id)
                    for _ in 0..<Int.random(in: 0...3, using: &random) { try await change(fleet, &oracle, &random) }
                } while cursor != nil
            }
        }
    }

    private func change(_ fleet: Fleet, _ oracle: inout Oracle, _ random: inout SeededGenerator) async throws {
        let feed = fleet[Int.random(in: 0..<3, using: &random)]
        let (user, other) = (random.pick(users), random.pick(users))
        let (timeline, state) = ("news-feed:{\(user)}:timeline", "news-feed:{\(user)}:timeline-state")
        // Something else may lie there already.
        func harm(_ command: RedisCommand) async { _ = try? await fleet.redis.send(command) }
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<9: oracle.post(try await feed.post(NewPost(author: user, text: "text")).id, by: user)
        case 9..<11:
            guard let (id, author) = oracle.posts.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else { return }
            try await feed.deletePost(id, by: author)
            oracle.delete(id)
        case 11..<14 where user != other:
            try await feed.follow(user, other)
            oracle.follow(user, other)
        case 14..<16 where user != other:
            try await feed.unfollow(user, other)
            oracle.unfollow(user, other)
        case 16: await harm(RedisCommand("DEL", timeline))
        case 17: await harm(RedisCommand("DEL", state))
        case 18: await harm(RedisCommand("ZREMRANGEBYRANK", timeline, 0, Int.random(in: 0...2, using: &random)))
        case 19: await harm(RedisCommand("ZREMRANGEBYRANK", timeline, -2, -1))
        case 20: await harm(RedisCommand("ZREMRANGEBYRANK", timeline, 1, 1))
        case 21: await harm(RedisCommand("SET", random.pick([timeline, state]), "something else"))
        case 22: await harm(RedisCommand("SCRIPT", "FLUSH"))
        default: _ = try await feed.feed(of: user, limit: 3)
        }
    }

    @Test(
        "While others post, follow and read: nothing twice, nothing out of order, nothing missing that was there all the time",
        arguments: 0..<2)
    func concurrent(run: Int) async throws {
        try await withFleet(of: 3, configure: configure) { fleet in
            var oracle = Oracle()
            for user in users where user != "user0" { try await fleet.feed.follow("user0", user) }
            for user in users where user != "user0" { oracle.follow("user0", user) }
            for number in 0..<60 {
                let author = users[number % users.count]
                oracle.post(try await fleet.post(author), by: author)
            }
            try await fleet.settles()
            let expected = oracle.feed(of: "user0", after: nil)

            let writers = (0..<4).map { writer in
                Task { [users] in
                    var random = SeededGenerator()
                    while !Task.isCancelled {
                        let user = random.pick(users)
                        switch Int.random(in: 0..<10, using: &random) {
                        case 0..<5: _ = try? await fleet[writer].post(NewPost(author: user, text: "text"))
                        case 5: _ = try? await fleet.redis.send(RedisCommand("DEL", "news-feed:{user0}:timeline"))
                        case 6 where user != "user0": try? await fleet[writer].follow(user, "user0")
                        case 7: try? await fleet[writer].unfollow(user, "user0")
                        case 8:
                            try? await fleet[writer].follow("user0", "another\(writer)")
                            _ = try? await fleet[writer].post(NewPost(author: "another\(writer)", text: "text"))
                            try? await fleet[writer].unfollow("user0", "another\(writer)")
                        default: _ = try? await fleet[writer].feed(of: user, limit: 5)
                        }
                    }
                }
            }
            defer { for writer in writers { writer.cancel() } }
            try await withThrowingTaskGroup { group in
                for reader in 0..<3 {
                    group.addTask {
                        for limit in [1, 3, 7, 20] {
                            let ids = try await all { try await fleet[reader].feed(of: "user0", after: $0, limit: limit) }.map(
                                \.id)
                            #expect(ids == ids.sorted(by: >))
                            #expect(Set(ids).count == ids.count)
                            let old = Set(expected)
                            #expect(ids.filter(old.contains) == expected, "limit \(limit)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

@Suite("Lists merged into one")
struct FeedMergeTests {
    @Test("Any lists, read in parts, come out as their union in order, up to the bound")
    func union() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let all = (0..<60).map { String($0 + 100) }
            let lists = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                let density = Int.random(in: 1...10, using: &random)
                return all.filter { _ in Int.random(in: 0..<density, using: &random) == 0 }
            }
            let position = Bool.random(using: &random) ? random.pick(all) : nil
            let bound = Bool.random(using: &random) ? random.pick(all) : TimelineState.end
            var merge = FeedMerge(sourceCount: lists.count, after: position, pageSize: Int.random(in: 1...9, using: &random))
            var taken: [String] = []
            loop: while true {
                switch merge.next(before: bound) {
                case .taken(let member): taken.append(member)
                case .dry:
                    for reading in merge.readings {
                        let start = reading.minimum == "-" ? "" : String(reading.minimum.dropFirst())
                        merge.note(Array(lists[reading.source].filter { $0 > start }.prefix(reading.count)), for: reading)
                    }
                case .atBound, .ended: break loop
                }
            }
            let expected = Set(lists.joined()).sorted().filter { $0 > position ?? "" && $0 < bound }
            #expect(taken == expected, "\(random)")
        }
    }
}
