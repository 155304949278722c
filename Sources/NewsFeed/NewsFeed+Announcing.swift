import Redis

extension NewsFeed {
    /// Posts as they become visible, of all authors, from now on. A hint: what is published while Redis is away, or while a
    /// listener is slow, is not announced.
    public func announcements() -> AsyncStream<Announcement> {
        announcer.listen(buffered: 1024)
    }

    /// Which of some announcements concern each of some users: posts of those whom he follows, and his own.
    ///
    /// One round trip, as long as nobody follows others than when it was last asked. A user may be among them several times.
    /// - Returns: for each user what concerns him, in the order of both.
    public func audience(
        of announcements: [Announcement], among users: [String]
    ) async throws(NewsFeedError) -> [[Announcement]] {
        let users = users.map { UserName($0) }
        let distinct = Array(Set(users))
        let keys = [NewsFeedKeys.pulledVersion] + distinct.map { NewsFeedKeys.followingVersion(of: $0) }
        var versions: [String] = []
        for reply in try await replies(to: keys.map { RedisCommand("GET", $0, isIdempotent: true) }) {
            versions.append(try decode(reply, as: String?.self) ?? "")
        }
        var followed: [UserName: FollowedAuthors] = [:]
        for (user, version) in zip(distinct, versions.dropFirst()) {
            followed[user] = try await self.followed(by: user, version: version, pulledVersion: versions[0])
        }
        let authors = announcements.map { UserName($0.author) }
        return users.map { user in
            zip(announcements, authors).filter { $1 == user || followed[user]?.contains($1) == true }.map(\.0)
        }
    }
}
