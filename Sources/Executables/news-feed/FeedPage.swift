import ServiceKit

extension Page {
    static let ofFeed = Page(
        html: PackageResources.index_html,
        scripts: [
            "news-feed.js": PackageResources.news_feed_js, "post.js": PackageResources.post_js,
            "comments.js": PackageResources.comments_js, "compose.js": PackageResources.compose_js,
            "draft.js": PackageResources.draft_js, "following.js": PackageResources.following_js,
            "toggle.js": PackageResources.toggle_js, "endless.js": PackageResources.endless_js,
            "live.js": PackageResources.live_js, "journey.js": PackageResources.journey_js,
            "demonstration.js": PackageResources.demonstration_js,
        ],
        showsForeignImages: true)
}
