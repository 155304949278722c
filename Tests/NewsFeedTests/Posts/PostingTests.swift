import Redis
import TestSupport
import Testing

@testable import NewsFeed

@Suite("Posts")
struct PostingTests {
    @Test("A post can be read and liked from its acceptance on, before any worker has seen it")
    func accepted() async throws {
        try await withFleet(runs: false) { fleet in
            let accepted = try await fleet.feed.post(
                NewPost(author: "ann", text: "Grüße 👋\nsecond line", mediaURLs: ["https://example.com/a.png", "HTTP://b/?x"]))
            try await fleet.feed.like(accepted.id, by: "ben")
            let post = try await fleet.feed.post(accepted.id, for: "ben")
            #expect(post.text == "Grüße 👋\nsecond line" && post.author == "ann")
            #expect(post.mediaURLs == ["https://example.com/a.png", "HTTP://b/?x"])
            #expect(post.createdAtMilliseconds == accepted.createdAtMilliseconds)
            #expect(post.likes == 1 && post.isLiked && post.comments == 0)
            #expect(try await fleet.feed.post(accepted.id).isLiked == false)
            #expect(try await fleet.feed.queueLag().waiting == 1)
            #expect(try await fleet.feed.feed(of: "ann").items.map(\.id) == [accepted.id])
        }
    }

    @Test(
        "What is no post is refused",
        arguments: [
            NewPost(author: "", text: "a"), NewPost(author: "a", text: ""),
            NewPost(author: "a", text: String(repeating: "é", count: 4001)),
            NewPost(author: "a", text: "a", mediaURLs: ["ftp://a"]), NewPost(author: "a", text: "a", mediaURLs: ["https://"]),
            NewPost(author: "a", text: "a", mediaURLs: ["https://a b"]),
            NewPost(author: "a", text: "a", mediaURLs: ["https://u@"]),
            NewPost(author: "a", text: "a", mediaURLs: ["https://a\n"]), NewPost(author: "a", text: "a", mediaURLs: [""]),
            NewPost(author: "a", text: "a", mediaURLs: Array(repeating: "https://a", count: 11)),
            NewPost(author: "a", text: "a", mediaURLs: ["https://a/" + String(repeating: "b", count: 2048)]),
            NewPost(author: String(repeating: "a", count: 513), text: "a"),
        ])
    func refused(post: NewPost) {
        #expect(throws: NewsFeedError.self) { try post.record() }
    }

    @Test("The longest text is a post")
    func longest() throws {
        _ = try NewPost(author: "a", text: String(repeating: "👋", count: 4000)).record()
    }

    @Test("Records come back as they were; other bytes are none")
    func records() throws {
        for record in [
            PostRecord(author: UserName("ann"), mediaURLs: [], text: "a\nb"),
            PostRecord(author: UserName("ä }{ %/\u{0}"), mediaURLs: ["http://a", "http://b"], text: "\n"),
        ] {
            #expect(PostRecord(decoding: record.encoded) == record)
            let comment = CommentRecord(author: record.author, text: record.text)
            #expect(CommentRecord(decoding: comment.encoded) == comment)
        }
        var random = SeededGenerator()
        let others = [
            "", "1", "1 a", "2 a 0\n", "1 a 1\n", "1 a 99\n", "1 a -1\n", "1 %61 0\nx", "1 % 0\nx", "1  0\nx", "1 a b c\n",
        ]
        for bytes in others {
            #expect(PostRecord(decoding: Array(bytes.utf8)) == nil, "\(bytes)")
        }
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in random.pick(Array("1 a0%\nAF\u{0}ü".utf8)) }
            _ = (PostRecord(decoding: bytes), CommentRecord(decoding: bytes))
        }
    }

    @Test("The same key and post is one post, from any instance; another post with it is refused; a key is its author's own")
    func idempotency() async throws {
        try await withFleet(of: 3) { fleet in
            let new = NewPost(author: "ann", text: "once")
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<12 {
                    group.addTask { try await fleet[index].post(new, idempotencyKey: "k").id }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            await #expect(throws: NewsFeedError.self) {
                try await fleet.feed.post(NewPost(author: "ann", text: "other"), idempotencyKey: "k")
            }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.post(new, idempotencyKey: "") }
            let other = try await fleet.feed.post(NewPost(author: "ben", text: "once"), idempotencyKey: "k")
            #expect(!ids.contains(other.id))
            try await fleet.settles()
            #expect(try await fleet.texts(of: "ann") == ["once"])
        }
    }

    @Test("A repetition never brings a deleted post back, wherever the first was killed", arguments: FaultyRedis.Fate.allCases)
    func neverBack(fate: FaultyRedis.Fate) async throws {
        try await withFleet { fleet in
            let new = NewPost(author: "ann", text: "text")
            for number in 0..<6 {
                let faulty = FaultyRedis(fleet.redis, diesAt: number, fate)
                let dying = NewsFeed(
                    client: fleet.redis, redis: faulty, configuration: fleet.feed.configuration, logger: fleet.feed.logger)
                _ = try? await dying.post(new, idempotencyKey: "\(number)")
                try await fleet.settles()
                let before = try await fleet.allPosts(of: "ann")
                #expect(before.count <= 1)
                for post in before { try await fleet.feed.deletePost(post.id, by: "ann") }
                let again = try await fleet.feed.post(new, idempotencyKey: "\(number)")
                try await fleet.settles()
                let after = try await fleet.allPosts(of: "ann")
                #expect(after.map(\.id) == (before.isEmpty ? [again.id] : []), "killed at command \(number)")
                for post in after { try await fleet.feed.deletePost(post.id, by: "ann") }
            }
        }
    }

    @Test("Only its author deletes a post, once; then nothing of it is left but a note that goes by itself")
    func deletion() async throws {
        try await withFleet { fleet in
            let id = try await fleet.post("ann")
            try await fleet.feed.follow("ben", "ann")
            try await fleet.feed.like(id, by: "ben")
            _ = try await fleet.feed.comment(on: id, by: "ben", text: "hm")
            try await fleet.settles()
            #expect(try await fleet.texts(of: "ben") == ["text"])
            await #expect { try await fleet.feed.deletePost(id, by: "ben") } throws: { "\($0)".contains("author") }
            try await fleet.feed.deletePost(id, by: "ann")
            #expect(try await fleet.texts(of: "ben") == [])
            #expect(try await fleet.feed.posts(of: "ann").items.isEmpty)
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.deletePost(id, by: "ann") }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.post(id) }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.like(id, by: "ben") }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.comment(on: id, by: "ben", text: "hm") }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.comments(of: id) }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.post("nonsense") }
            let keys: [String] = try await fleet.redis.send(RedisCommand("KEYS", "*\(id)*")).decode()
            #expect(keys == ["news-feed:{\(id)}:deleted"])
            #expect(try await fleet.integer("PTTL", keys[0]) > 86_400_000)
        }
    }

    @Test("Likes count who likes, whatever is repeated and at once")
    func likes() async throws {
        try await withFleet(of: 2, runs: false) { fleet in
            let id = try await fleet.post("ann")
            try await withThrowingTaskGroup { group in
                for index in 0..<200 {
                    group.addTask {
                        if index % 4 == 3 {
                            try await fleet[index].unlike(id, by: "never")
                        } else {
                            try await fleet[index].like(id, by: "user\(index % 25)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fleet.feed.post(id).likes == 25)
            try await fleet.feed.unlike(id, by: "user3")
            try await fleet.feed.unlike(id, by: "user3")
            #expect(try await fleet.feed.post(id, for: "user3").likes == 24)
            #expect(try await fleet.feed.post(id, for: "user3").isLiked == false)
        }
    }

    @Test("Comments are counted and paged, newest first; their cursor is of no other list")
    func comments() async throws {
        try await withFleet(of: 2, runs: false) { fleet in
            let (id, other) = (try await fleet.post("ann"), try await fleet.post("ann"))
            let comments = try await withThrowingTaskGroup(of: Comment.self) { group in
                for index in 0..<50 {
                    group.addTask { try await fleet[index].comment(on: id, by: "user\(index)", text: "text \(index)") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let listed = try await all { try await fleet.feed.comments(of: id, after: $0, limit: 7) }
            #expect(listed == comments.sorted { $0.id > $1.id })
            #expect(try await fleet.feed.post(id).comments == 50)
            let cursor = try #require(try await fleet.feed.comments(of: id, limit: 1).nextCursor)
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.comments(of: other, after: cursor) }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.comment(on: id, by: "a", text: "") }
            let exact = try await fleet.feed.comments(of: id, limit: 50)
            #expect(exact.items.count == 50 && exact.nextCursor == nil)
        }
    }
}
