import Redis

/// The scripts of `lua/news-feed`.
enum NewsFeedScripts {
    static let reservePost = RedisScript(name: "reserve_post", source: PackageResources.reserve_post_lua)
    static let acceptPost = RedisScript(name: "accept_post", source: PackageResources.accept_post_lua)
    static let readPosts = RedisScript(name: "read_posts", source: PackageResources.read_posts_lua)
    static let deletePost = RedisScript(name: "delete_post", source: PackageResources.delete_post_lua)
    static let likePost = RedisScript(name: "like_post", source: PackageResources.like_post_lua)
    static let commentPost = RedisScript(name: "comment_post", source: PackageResources.comment_post_lua)
    static let followAuthor = RedisScript(name: "follow_author", source: PackageResources.follow_author_lua)
    static let unfollowAuthor = RedisScript(name: "unfollow_author", source: PackageResources.unfollow_author_lua)
    static let removeFollower = RedisScript(name: "remove_follower", source: PackageResources.remove_follower_lua)
    static let settleFollow = RedisScript(name: "settle_follow", source: PackageResources.settle_follow_lua)
    static let purgeTimeline = RedisScript(name: "purge_timeline", source: PackageResources.purge_timeline_lua)
    static let readTimeline = RedisScript(name: "read_timeline", source: PackageResources.read_timeline_lua)
    static let beginRebuild = RedisScript(name: "begin_rebuild", source: PackageResources.begin_rebuild_lua)
    static let finishRebuild = RedisScript(name: "finish_rebuild", source: PackageResources.finish_rebuild_lua)
    static let markPulled = RedisScript(name: "mark_pulled", source: PackageResources.mark_pulled_lua)
    static let beginFanOut = RedisScript(name: "begin_fan_out", source: PackageResources.begin_fan_out_lua)
    static let fanOut = RedisScript(name: "fan_out", source: PackageResources.fan_out_lua)
    static let finishJob = RedisScript(name: "finish_job", source: PackageResources.finish_job_lua)
    static let deadLetter = RedisScript(name: "dead_letter", source: PackageResources.dead_letter_lua)
    static let replayDeadLetter = RedisScript(name: "replay_dead_letter", source: PackageResources.replay_dead_letter_lua)
    static let removeConsumers = RedisScript(name: "remove_consumers", source: PackageResources.remove_consumers_lua)
}

/// The names under which things lie in Redis. What a script touches lies in one slot of a cluster.
enum NewsFeedKeys {
    static let queue = "news-feed:{posts}:stream"
    static let deadLetters = "news-feed:{posts}:dead-letters"
    static let group = "workers"
    static let pulledAuthors = "news-feed:{celebrities}:authors"
    static let pulledVersion = "news-feed:{celebrities}:version"
    static let settings = "news-feed:{settings}"
    static let channel = "news-feed:posted"

    static func reservation(_ digest: String) -> String { "news-feed:reservation:{\(digest)}" }

    static func post(_ id: PostID) -> String { "news-feed:post:{\(id.text)}" }
    static func deleted(_ id: PostID) -> String { "news-feed:{\(id.text)}:deleted" }
    static func likes(_ id: PostID) -> String { "news-feed:{\(id.text)}:likes" }
    static func comments(_ id: PostID) -> String { "news-feed:{\(id.text)}:comments" }
    static func commentTexts(_ id: PostID) -> String { "news-feed:{\(id.text)}:comment-texts" }
    static func fanOut(_ id: PostID) -> String { "news-feed:fan-out:{\(id.text)}" }

    static func posts(of user: UserName) -> String { "news-feed:{\(user.encoded)}:posts" }
    static func followers(of user: UserName) -> String { "news-feed:{\(user.encoded)}:followers" }
    static func following(of user: UserName) -> String { "news-feed:{\(user.encoded)}:following" }
    static func followingVersion(of user: UserName) -> String { "news-feed:{\(user.encoded)}:following-version" }
    static func unsettled(of user: UserName) -> String { "news-feed:{\(user.encoded)}:unsettled" }
    static func timeline(of user: UserName) -> String { "news-feed:{\(user.encoded)}:timeline" }
    static func state(of user: UserName) -> String { "news-feed:{\(user.encoded)}:timeline-state" }
}
