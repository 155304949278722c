import Foundation
import Redis
import TestSupport
import Testing

@testable import NewsFeed

@Suite("Feeds")
struct FeedTests {
    @Test("Own posts and those of whom one follows now, newest first", arguments: FanOutStrategy.allCases)
    func feed(strategy: FanOutStrategy) async throws {
        try await withFleet(configure: { $1.strategy = strategy }) { fleet in
            #expect(try await fleet.feed.feed(of: "ann").items.isEmpty)
            try await fleet.post("ben", "1 before the follow")
            try await fleet.feed.follow("ann", "ben")
            try await fleet.post("ann", "2 own")
            try await fleet.post("cid", "3 of nobody I follow")
            try await fleet.post("ben", "4 after it")
            try await fleet.settles()
            let texts = ["4 after it", "2 own", "1 before the follow"]
            #expect(try await fleet.texts(of: "ann") == texts)
            #expect(try await fleet.texts(of: "ann", limit: 1) == texts)
            try await fleet.feed.unfollow("ann", "ben")
            #expect(try await fleet.texts(of: "ann") == ["2 own"])
            try await fleet.feed.follow("ann", "ben")
            try await fleet.feed.follow("ann", "ben")
            #expect(try await fleet.texts(of: "ann") == texts)
        }
    }

    @Test("It goes on past the timeline's length, and ends where nothing is older", arguments: [1, 7, 10, 50])
    func beyond(limit: Int) async throws {
        try await withFleet(configure: { $1.timelineLength = 10 }) { fleet in
            for author in ["b", "c"] { try await fleet.feed.follow("a", author) }
            _ = try await fleet.feed.feed(of: "a")
            var texts: [String] = []
            for number in 0..<50 {
                try await fleet.post(["a", "b", "c"][number % 3], "\(number)")
                texts.insert("\(number)", at: 0)
            }
            try await fleet.settles()
            #expect(try await fleet.texts(of: "a", limit: limit) == texts)
            #expect((10...11).contains(try await #require(fleet.timeline(of: "a")).count))
            let exact = try await fleet.feed.feed(of: "a", limit: 50)
            #expect(exact.items.count == 50 && exact.nextCursor == nil)
        }
    }

    @Test("Names are compared byte by byte, and may hold anything")
    func names() async throws {
        try await withFleet { fleet in
            let names = ["é", "e\u{301}", "a}b{c", "{", "posts", "a b", "%", "a\u{0}\nb"]
            for name in names { try await fleet.feed.follow("reader", name) }
            for name in names { try await fleet.post(name, name) }
            try await fleet.settles()
            let authors = try await fleet.allPosts(of: "reader").map { Array($0.author.utf8) }
            #expect(authors == names.reversed().map { Array($0.utf8) })
            try await fleet.feed.unfollow("reader", "é")
            let rest = try await fleet.allPosts(of: "reader").map { Array($0.author.utf8) }
            #expect(rest.count == 7 && rest.contains(Array("e\u{301}".utf8)))
            #expect(try await all { try await fleet.feed.following(of: "reader", after: $0, limit: 2) }.count == 7)
        }
    }

    @Test("A cursor is taken only by the list that it is of; any instance takes it")
    func cursors() async throws {
        try await withFleet(of: 2) { fleet in
            for number in 0..<3 { try await fleet.post("ann", "\(number)") }
            try await fleet.settles()
            let cursor = try #require(try await fleet[0].feed(of: "ann", limit: 1).nextCursor)
            #expect(try await fleet[1].feed(of: "ann", after: cursor).items.map(\.text) == ["1", "0"])
            var wrong = ["", "a", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "é", cursor + "A", String(cursor.dropLast()), cursor + "="]
            for index in cursor.indices {
                let other = cursor[index] == "A" ? "B" : "A"
                wrong.append(cursor.replacingCharacters(in: index...index, with: other))
            }
            for wrong in wrong {
                await #expect(throws: NewsFeedError.self, "\(wrong)") { try await fleet.feed.feed(of: "ann", after: wrong) }
            }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.feed(of: "ben", after: cursor) }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.posts(of: "ann", after: cursor) }
            for limit in [0, -1, 1001] {
                await #expect(throws: NewsFeedError.self) { try await fleet.feed.feed(of: "ann", limit: limit) }
            }
        }
    }

    @Test("Followers and followed are paged, the latest first, also when all came at one moment")
    func lists() async throws {
        try await withFleet(configure: { $1.maximumFollowed = 30 }) { fleet in
            for number in 0..<30 { try await fleet.feed.follow("ann", "\(number)") }
            let followed = try await all { try await fleet.feed.following(of: "ann", after: $0, limit: 7) }
            #expect(followed == (0..<30).reversed().map { "\($0)" })
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.follow("ann", "one more") }
            try await fleet.feed.follow("ann", "3")
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.follow("ann", "ann") }
            #expect(try await fleet.feed.followers(of: "3").items == ["ann"])
            #expect(try await fleet.feed.isFollowing("ann", "3"))
            try await fleet.feed.unfollow("ann", "3")
            try await fleet.feed.unfollow("ann", "3")
            #expect(try await fleet.feed.followers(of: "3").items.isEmpty)
            #expect(try await !fleet.feed.isFollowing("ann", "3"))
            for number in 0..<40 {
                _ = try await fleet.redis.send(RedisCommand("ZADD", "news-feed:{many}:followers", 5, "u\(number)"))
            }
            let names = (0..<40).map { "u\($0)" }.sorted(by: >)
            #expect(try await all { try await fleet.feed.followers(of: "many", after: $0, limit: 3) } == names)
        }
    }

    @Test("Who does not read has no timeline, and finds everything when he comes back")
    func inactive() async throws {
        try await withFleet { fleet in
            try await fleet.feed.follow("ann", "ben")
            for number in 0..<5 { try await fleet.post("ben", "\(number)") }
            try await fleet.settles()
            #expect(try await fleet.integer("EXISTS", "news-feed:{ann}:timeline", "news-feed:{ann}:timeline-state") == 0)
            #expect(try await fleet.texts(of: "ann") == ["4", "3", "2", "1", "0"])
            #expect(try await fleet.timeline(of: "ann")?.count == 5)
            #expect(try await fleet.integer("PTTL", "news-feed:{ann}:timeline") > 0)
            #expect(try await fleet.integer("PTTL", "news-feed:{ann}:timeline-state") > 0)
            try await fleet.post("ben", "5")
            try await fleet.settles()
            #expect(try await fleet.timeline(of: "ann")?.count == 6)
        }
    }

    @Test("A timeline that began empty goes like any other")
    func lifetime() async throws {
        try await withFleet { fleet in
            _ = try await fleet.feed.feed(of: "ann")
            try await fleet.feed.follow("ann", "ben")
            try await fleet.post("ben")
            try await fleet.settles()
            #expect(try await fleet.timeline(of: "ann")?.count == 1)
            #expect(try await fleet.integer("PTTL", "news-feed:{ann}:timeline") > 0)
        }
    }

    @Test("What is announced can be seen, and it is told how it was brought", arguments: [FanOutStrategy.push, .pull])
    func announcements(strategy: FanOutStrategy) async throws {
        try await withFleet(of: 2, configure: { $1.strategy = strategy }) { fleet in
            try await fleet.feed.follow("ann", "ben")
            var stream = fleet[1].announcements().makeAsyncIterator()
            // Before she reads for the first time she has no timeline.
            for timelines in [0, 1] {
                let id = try await fleet.post("ben")
                let heard = await stream.next()
                #expect(heard?.id == id && heard?.author == "ben")
                #expect(heard?.timelines == (strategy == .push ? timelines : nil))
                #expect(try await fleet.texts(of: "ann").count == timelines + 1)
            }
        }
    }
}
