import TestSupport
import Testing

/// Who follows whom.
@Suite(.service(.newsFeed), .serialized)
struct FollowTests {
    @Test func `both ways it may be repeated, and the lists say so`() async throws {
        let service = try RunningService.shared
        for _ in 0..<2 {
            try await service.follow("ann", "bob")
            #expect(try await service.part("/v1/users/ann/following", as: "carl", UsersBody.self).users == ["bob"])
            #expect(try await service.part("/v1/users/bob/followers", as: "carl", UsersBody.self).users == ["ann"])
        }
        for _ in 0..<2 {
            try await service.unfollow("ann", "bob")
            let reply = try await service.ask("GET", "/v1/users/ann/following", as: "ann")
            #expect(reply.status == 200 && reply.text == #"{"users":[],"nextCursor":null}"#, "\(reply)")
            #expect(try await service.part("/v1/users/bob/followers", as: "bob", UsersBody.self).users.isEmpty)
        }
    }

    @Test(arguments: ["PUT", "DELETE"])
    func `nobody follows on behalf of another, or himself`(_ method: String) async throws {
        let service = try RunningService.shared
        try expectProblem(try await service.ask(method, "/v1/users/ann/following/dora", as: "mallory"), 403)
        // Names that only look the same.
        let composed = try await service.ask(method, "/v1/users/\(segment("caf\u{E9}"))/following/dora", as: "cafe\u{301}")
        try expectProblem(composed, 403)
        #expect(try await service.part("/v1/users/dora/followers", as: "dora", UsersBody.self).users.isEmpty)
        guard method == "PUT" else { return }
        try expectProblem(try await service.ask(method, "/v1/users/ann/following/ann", as: "ann"), 400)
    }

    @Test func `what is followed shows older posts too, what is left none`() async throws {
        let service = try RunningService.shared
        var posted: [String] = []
        for _ in 0..<5 { posted.insert(try await service.post("writer").id, at: 0) }
        try await service.settles()
        #expect(try await service.feed(of: "follower").isEmpty)
        try await service.follow("follower", "writer")
        #expect(try await service.feed(of: "follower").map(\.id) == posted)
        try await service.unfollow("follower", "writer")
        #expect(try await service.feed(of: "follower").isEmpty)
    }

    @Test func `lists go on page by page, the latest first, whatever names are in them`() async throws {
        let service = try RunningService.shared
        let names = (0..<30).map { "fan \($0)" } + ["caf\u{E9}", "cafe\u{301}", "a/b", "a%2Fb", "a:b", "{x}", "😀", "\"q\\"]
        for name in names { try await service.follow(name, "star/é") }
        let target = "/v1/users/\(segment("star/é"))/followers"
        for limit in [1, 7, 38, 1000] {
            let list = try await service.all(target, as: "ann", limit: limit) { (part: UsersBody) in
                (part.users, part.nextCursor)
            }
            #expect(list.map { Array($0.utf8) } == names.reversed().map { Array($0.utf8) }, "\(limit)")
        }
        for name in names {
            let list: UsersBody = try await service.part("/v1/users/\(segment(name))/following", as: "ann")
            #expect(list.users == ["star/é"] && list.nextCursor == nil)
        }
    }
}
