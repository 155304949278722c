import Redis

/// What a look at a user's timeline tells.
struct TimelineState: Sendable {
    /// Behind every post.
    static let end = "~"

    /// What changes whenever it changes whom the user follows.
    let followingVersion: String
    /// What changes whenever the posts of another author are pushed no more.
    let pulledVersion: String
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

extension TimelineState {
    fileprivate init(_ value: RedisValue, pulledVersion: RedisValue) throws(RedisError) {
        let parts: [RedisValue] = try value.decode()
        self.pulledVersion = try pulledVersion.decode(as: String?.self) ?? ""
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
        let replies = try await replies(to: [
            NewsFeedScripts.readTimeline.call(
                keys: [
                    NewsFeedKeys.timeline(of: user), NewsFeedKeys.state(of: user), NewsFeedKeys.followingVersion(of: user),
                    NewsFeedKeys.unsettled(of: user),
                ], FeedMerge.minimum(after: position), count, lifetime, lifetime / 7 * 6, isIdempotent: true),
            RedisCommand("GET", NewsFeedKeys.pulledVersion, isIdempotent: true),
        ])
        do { return try TimelineState(replies[0], pulledVersion: replies[1]) } catch { throw .redis(error) }
    }
}
