import HTTPTypes
import Hummingbird
import NewsFeed
import ServiceKit

/// `/v1/posts` and an author's posts.
struct PostRoutes {
    let feed: NewsFeed
    let viewers: Viewers

    func add(to router: Router<ServiceRequestContext>) {
        router.post("/v1/posts", use: post)
        router.get("/v1/posts/:id") { request, context in
            let viewer = try await viewers.viewer(of: request)
            let post = try await feed.post(try context.percentDecodedParameter("id"), for: viewer)
            return Response.json(post.json.text)
        }
        router.delete("/v1/posts/:id") { request, context in
            let viewer = try await viewers.viewer(of: request)
            try await feed.deletePost(try context.percentDecodedParameter("id"), by: viewer)
            return Response(status: .noContent)
        }
        router.put("/v1/posts/:id/like") { request, context in
            let viewer = try await viewers.viewer(of: request)
            try await feed.like(try context.percentDecodedParameter("id"), by: viewer)
            return Response(status: .noContent)
        }
        router.delete("/v1/posts/:id/like") { request, context in
            let viewer = try await viewers.viewer(of: request)
            try await feed.unlike(try context.percentDecodedParameter("id"), by: viewer)
            return Response(status: .noContent)
        }
        router.get("/v1/users/:id/posts") { request, context in
            let viewer = try await viewers.viewer(of: request)
            let query = try PageQuery(request)
            let author = try context.percentDecodedParameter("id")
            return try await feed.posts(of: author, for: viewer, after: query.cursor, limit: query.limit)
                .response("items", \.json)
        }
    }

    private struct Body: Decodable {
        let text: String
        let mediaUrls: [String]?
    }

    @Sendable private func post(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
        var request = request
        let author = try await viewers.viewer(of: request)
        let body = try await request.decodeJSON(as: Body.self)
        let accepted = try await feed.post(
            NewPost(author: author, text: body.text, mediaURLs: body.mediaUrls ?? []),
            idempotencyKey: request.headers[.idempotencyKey])
        return .json(accepted.json.text, status: .accepted, headers: [.location: "/v1/posts/\(accepted.id)"])
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = known("Idempotency-Key")
}
