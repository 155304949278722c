import TestSupport
import Testing

/// Posts, from their acceptance to their deletion.
@Suite(.service(.newsFeed), .serialized)
struct PostTests {
    @Test func `accepted, it can be read and liked at once, and is in feeds soon`() async throws {
        let service = try RunningService.shared
        try await service.follow("reader", "ann")
        let body = try newPost("Grüße,\n\"Welt\" 👋🏽", #""mediaUrls":["https://a.example/1.png","HTTP://b.example/?x=1#y"]"#)
        let reply = try await service.ask("POST", "/v1/posts", as: "ann", body)
        #expect(reply.status == 202 && reply["Content-Type"] == "application/json", "\(reply)")
        let accepted: AcceptedBody = try reply.json()
        #expect(accepted.createdAt.isTime && reply["Location"] == "/v1/posts/\(accepted.id)")

        let like = try await service.ask("PUT", "/v1/posts/\(accepted.id)/like", as: "bob")
        #expect(like.status == 204)
        let post = PostBody(
            id: accepted.id, author: "ann", text: "Grüße,\n\"Welt\" 👋🏽",
            mediaUrls: ["https://a.example/1.png", "HTTP://b.example/?x=1#y"], createdAt: accepted.createdAt, likes: 1,
            comments: 0, liked: false)
        let read = try await service.ask("GET", "/v1/posts/\(accepted.id)", as: "reader")
        #expect(read.status == 200 && read["Content-Type"] == "application/json")
        #expect(try read.json(PostBody.self) == post)
        #expect(try await service.part("/v1/posts/\(accepted.id)", as: "bob", PostBody.self).liked)
        #expect(try await service.feed(of: "ann") == [post])
        try await eventually("it is in the follower's feed") { try await service.feed(of: "reader") == [post] }
        #expect(try await service.feed(of: "bob").isEmpty)
    }

    @Test func `the author alone deletes it, and then it is nowhere`() async throws {
        let service = try RunningService.shared
        try await service.follow("deleted-reader", "deleter")
        let accepted = try await service.post("deleter")
        let target = "/v1/posts/\(accepted.id)"
        try await service.settles()
        try expectProblem(try await service.ask("DELETE", target, as: "deleted-reader"), 403)
        #expect(try await service.feed(of: "deleted-reader").map(\.id) == [accepted.id])
        try await service.change("DELETE", target, as: "deleter")
        for name in ["deleter", "deleted-reader"] {
            #expect(try await service.feed(of: name).isEmpty)
            try expectProblem(try await service.ask("GET", target, as: name), 404)
        }
        try expectProblem(try await service.ask("DELETE", target, as: "deleter"), 404)
        for (method, end, body) in [("PUT", "/like", nil), ("POST", "/comments", newText), ("GET", "/comments", nil)] {
            try expectProblem(try await service.ask(method, target + end, as: "ann", body), 404)
        }
    }

    private let newText: String? = #"{"text":"x"}"#

    @Test func `deleted, it does not come back with a repetition`() async throws {
        let service = try RunningService.shared
        let key = [("Idempotency-Key", "deleted")]
        let accepted = try await service.post("repeater", headers: key)
        try await service.change("DELETE", "/v1/posts/\(accepted.id)", as: "repeater")
        #expect(try await service.post("repeater", headers: key) == accepted)
        try await service.settles()
        try expectProblem(try await service.ask("GET", "/v1/posts/\(accepted.id)", as: "repeater"), 404)
        #expect(try await service.feed(of: "repeater").isEmpty)
    }

    @Test(arguments: ["0", "0000000000000", "nonsense", "%2F", "..%2F..", "zzzzzzzzzzzzzz", "000000000000%C3%A9"])
    func `an id that is nobody's is 404`(_ id: String) async throws {
        let service = try RunningService.shared
        for (method, end) in [("GET", ""), ("DELETE", ""), ("PUT", "/like"), ("DELETE", "/like"), ("GET", "/comments")] {
            try expectProblem(try await service.ask(method, "/v1/posts/\(id)\(end)", as: "ann"), 404)
        }
    }

    @Test func `an author's posts are listed, newest first, to the last`() async throws {
        let service = try RunningService.shared
        var posted: [String] = []
        for number in 0..<25 { posted.insert(try await service.post("lister", "\(number)").id, at: 0) }
        try await service.settles()
        try await service.change("PUT", "/v1/posts/\(posted[3])/like", as: "ann")
        let list = { (part: FeedBody) in (part.items, part.nextCursor) }
        for limit in [1, 7, 25, 100] {
            let posts = try await service.all("/v1/users/lister/posts", as: "ann", limit: limit, list)
            #expect(posts.map(\.id) == posted && posts[3].liked && posts.filter(\.liked).count == 1)
        }
        let first: FeedBody = try await service.part("/v1/users/lister/posts", as: "ann")
        #expect(first.items.count == 20 && first.nextCursor != nil)
        #expect(try await service.part("/v1/users/nobody/posts", as: "ann", FeedBody.self).items.isEmpty)
    }
}
