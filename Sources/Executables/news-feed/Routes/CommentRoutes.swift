import HTTPTypes
import Hummingbird
import NewsFeed
import ServiceKit

/// `/v1/posts/{id}/comments`.
struct CommentRoutes {
    let feed: NewsFeed
    let viewers: Viewers

    private struct Body: Decodable {
        let text: String
    }

    func add(to router: Router<ServiceRequestContext>) {
        router.post("/v1/posts/:id/comments") { request, context in
            var request = request
            let viewer = try await viewers.viewer(of: request)
            let body = try await request.decodeJSON(as: Body.self)
            let comment = try await feed.comment(
                on: try context.percentDecodedParameter("id"), by: viewer, text: body.text)
            return Response.json(comment.json.text, status: .created)
        }
        router.get("/v1/posts/:id/comments") { request, context in
            _ = try await viewers.viewer(of: request)
            let query = try PageQuery(request)
            return try await feed.comments(
                of: try context.percentDecodedParameter("id"), after: query.cursor, limit: query.limit
            ).response("comments", \.json)
        }
    }
}
