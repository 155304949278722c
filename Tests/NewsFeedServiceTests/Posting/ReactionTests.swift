import TestSupport
import Testing

/// Likes and comments.
@Suite(.service(.newsFeed), .serialized)
struct ReactionTests {
    @Test func `a like counts once, however often it comes`() async throws {
        let service = try RunningService.shared
        let id = try await service.post("ann").id
        let target = "/v1/posts/\(id)/like"
        for method in ["PUT", "DELETE"] {
            try await withThrowingTaskGroup { group in
                for index in 0..<30 {
                    group.addTask { try await service.change(method, target, as: "fan \(index % 10)") }
                }
                try await group.waitForAll()
            }
            let post: PostBody = try await service.part("/v1/posts/\(id)", as: "fan 3")
            #expect(post.likes == (method == "PUT" ? 10 : 0) && post.liked == (method == "PUT"))
        }
        // Of somebody who never liked it.
        try await service.change("DELETE", target, as: "nobody")
        #expect(try await service.part("/v1/posts/\(id)", as: "ann", PostBody.self).likes == 0)
    }

    @Test func `comments are listed newest first, and counted`() async throws {
        let service = try RunningService.shared
        let id = try await service.post("ann").id
        let target = "/v1/posts/\(id)/comments"
        var comments: [CommentBody] = []
        for number in 0..<23 {
            let reply = try await service.ask("POST", target, as: "bob \(number % 2)", newPost("Nr. \(number)\n\"é\""))
            #expect(reply.status == 201 && reply["Content-Type"] == "application/json", "\(reply)")
            let comment: CommentBody = try reply.json()
            #expect(comment.author == "bob \(number % 2)" && comment.text == "Nr. \(number)\n\"é\"" && comment.createdAt.isTime)
            comments.insert(comment, at: 0)
        }
        for limit in [1, 10, 23, 100] {
            let list = try await service.all(target, as: "carl", limit: limit) { (part: CommentsBody) in
                (part.comments, part.nextCursor)
            }
            #expect(list == comments)
        }
        #expect(try await service.part(target, as: "carl", CommentsBody.self).comments.count == 20)
        #expect(try await service.part("/v1/posts/\(id)", as: "carl", PostBody.self).comments == 23)
        #expect(try await service.feed(of: "ann").first?.comments == 23)
    }

    @Test(arguments: [
        ("{}", "text"), (#"{"text":""}"#, "text"), (#"{"text":7}"#, "text"), ("[]", ""), ("{", "JSON"),
        (#"{"text":"\#(String(repeating: "x", count: 4001))"}"#, "text"),
    ])
    func `a comment that is not in order`(_ body: String, _ word: String) async throws {
        let service = try RunningService.shared
        let id = try await service.post("ann").id
        try expectProblem(try await service.ask("POST", "/v1/posts/\(id)/comments", as: "bob", body), 400, word)
    }
}
