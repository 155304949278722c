import HTTPTypes
import Hummingbird
import NewsFeed
import ServiceKit

/// `/v1/users/{id}/following` and `/followers`.
struct FollowRoutes {
    let feed: NewsFeed
    let viewers: Viewers

    private static let defaultLimit = 100
    private static let maximumLimit = 1000

    func add(to router: Router<ServiceRequestContext>) {
        router.put("/v1/users/:id/following/:other") { request, context in
            try await feed.follow(try await oneself(request, context), try context.percentDecodedParameter("other"))
            return Response(status: .noContent)
        }
        router.delete("/v1/users/:id/following/:other") { request, context in
            try await feed.unfollow(try await oneself(request, context), try context.percentDecodedParameter("other"))
            return Response(status: .noContent)
        }
        router.get("/v1/users/:id/following") { request, context in
            let (user, query) = try await list(request, context)
            return try await feed.following(of: user, after: query.cursor, limit: query.limit)
                .response("users") { .string($0) }
        }
        router.get("/v1/users/:id/followers") { request, context in
            let (user, query) = try await list(request, context)
            return try await feed.followers(of: user, after: query.cursor, limit: query.limit)
                .response("users") { .string($0) }
        }
    }

    private func list(_ request: Request, _ context: ServiceRequestContext) async throws -> (String, PageQuery) {
        _ = try await viewers.viewer(of: request)
        let query = try PageQuery(request, defaultLimit: Self.defaultLimit, maximumLimit: Self.maximumLimit)
        return (try context.percentDecodedParameter("id"), query)
    }

    /// The user in the path, who must be the one who asks. Byte by byte: names that only look the same are different users.
    private func oneself(_ request: Request, _ context: ServiceRequestContext) async throws -> String {
        let viewer = try await viewers.viewer(of: request)
        guard try context.percentDecodedParameter("id").utf8.elementsEqual(viewer.utf8) else {
            throw Problem(.forbidden, "Nobody follows on behalf of another.")
        }
        return viewer
    }
}
