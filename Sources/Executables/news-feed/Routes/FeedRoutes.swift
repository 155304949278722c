import Hummingbird
import NewsFeed
import ServiceKit

/// `/v1/feed`: the posts of those whom one follows, page by page, and the news that there are new ones.
struct FeedRoutes {
    let feed: NewsFeed
    let live: LiveFeed
    let viewers: Viewers

    func add(to router: Router<ServiceRequestContext>) {
        router.get("/v1/feed") { request, _ in
            let viewer = try await viewers.viewer(of: request)
            let query = try PageQuery(request)
            return try await feed.feed(of: viewer, after: query.cursor, limit: query.limit).response("items", \.json)
        }
        router.get("/v1/feed/live") { request, context in
            let viewer = try await viewers.viewer(ofStream: request)
            return Response.events(to: request, context) { live.add($0, for: viewer) }
        }
    }
}
