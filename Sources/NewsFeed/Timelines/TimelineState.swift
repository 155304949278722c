import Redis

/// What a look at a user's timeline tells.
struct TimelineState: Sendable {
    /// Behind every post.
    static let end = "~"

    /// What changes whenever it changes whom the user follows.
    let followingVersion: String
    /// Authors whose posts may be missing from the timeline, and since which version they are followed.
    let unsettled: [UserName: String]
    /// nil: there is none that can be relied on.
    let part: Part?

    struct Part: Sendable {
        /// Another one: it was built anew.
        let epoch: String
        /// What lies before it is complete.
        let watermark: String
        let members: [String]
    }
}

extension TimelineState: RedisDecodable {
    init(redis value: RedisValue) throws(RedisError) {
        let parts: [RedisValue] = try value.decode()
        followingVersion = try (parts.first ?? .null).decode()
        unsettled = try Self.authors(parts.count > 1 ? parts[1] : .null)
        part =
            parts.count == 5
            ? Part(epoch: try parts[2].decode(), watermark: try parts[3].decode(), members: try parts[4].decode()) : nil
    }

    /// Pairs of author and version.
    static func authors(_ value: RedisValue) throws(RedisError) -> [UserName: String] {
        let texts: [String] = try value.decode()
        var authors: [UserName: String] = [:]
        for index in stride(from: 0, to: texts.count - 1, by: 2) { authors[UserName(texts[index])] = texts[index + 1] }
        return authors
    }
}

extension NewsFeed {
    /// - Parameter position: the part begins behind it.
    func timeline(of user: UserName, after position: String?, count: Int) async throws(NewsFeedError) -> TimelineState {
        let lifetime = configuration.timelineLifetimeMilliseconds
        return try decode(
            try await send(
                NewsFeedScripts.readTimeline.call(
                    keys: [
                        NewsFeedKeys.timeline(of: user), NewsFeedKeys.state(of: user), NewsFeedKeys.followingVersion(of: user),
                        NewsFeedKeys.unsettled(of: user),
                    ], FeedMerge.minimum(after: position), count, lifetime, lifetime / 7 * 6, isIdempotent: true)))
    }
}
