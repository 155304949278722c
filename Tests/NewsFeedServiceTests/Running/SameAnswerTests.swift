import TestSupport
import Testing

/// Methods and paths that nobody asks for on purpose.
@Suite(.service(.newsFeed), .serialized)
struct SameAnswerTests {
    @Test func `HEAD has what GET has, but for the body`() async throws {
        let service = try RunningService.shared
        let id = try await service.post("ann").id
        for target in [
            "/", "/health/live", "/v1/feed", "/v1/posts/\(id)", "/v1/posts/\(id)/comments", "/v1/users/ann/posts",
            "/v1/users/ann/following", "/v1/users/ann/followers", "/v1/posts/0000000000000", "/v1/feed?limit=0", "/v1/nothing",
        ] {
            let connection = try await service.connect()
            let get = try await connection.request("GET", target, headers: user("ann"))
            let head = try await connection.request("HEAD", target, headers: user("ann"))
            #expect(head.status == get.status && head.body.isEmpty, "\(target): \(head)")
            #expect(head["Content-Type"] == get["Content-Type"] && head["Content-Length"] == get["Content-Length"], "\(target)")
        }
    }

    @Test(arguments: [
        ("OPTIONS", "/v1/feed"), ("PATCH", "/v1/posts/0000000000000"), ("POST", "/v1/feed"), ("PUT", "/v1/posts"),
        ("DELETE", "/v1/feed"), ("GET", "/v1/posts"), ("GET", "/v1"), ("GET", "/v1/users/ann"), ("GET", "/v1/feed/live/x"),
        ("GET", "/v1/users/ann/following/bob"), ("GET", "/v1/users/%FF/posts"), ("POST", "/v1/posts/0000000000000/like"),
    ])
    func `what there is not is 404, as a problem`(_ method: String, _ target: String) async throws {
        try expectProblem(try await RunningService.shared.ask(method, target, as: "ann", method == "GET" ? nil : "{}"), 404)
    }

    @Test func `there is a page, and what it needs`() async throws {
        let service = try RunningService.shared
        for (target, type) in [("/", "text/html; charset=utf-8"), ("/assets/news-feed.js", "text/javascript; charset=utf-8")] {
            let reply = try await service.request("GET", target)
            #expect(reply.status == 200 && reply["Content-Type"] == type && !reply.body.isEmpty)
        }
    }
}
