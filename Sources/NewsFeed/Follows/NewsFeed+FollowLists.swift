import Redis

extension NewsFeed {
    /// Whom a user follows, the latest first.
    /// - Parameters:
    ///   - cursor: ``Page/nextCursor`` of the page before; nil: the first page.
    ///   - limit: 1 to 1,000.
    public func following(
        of user: String, after cursor: String? = nil, limit: Int = 100
    ) async throws(NewsFeedError) -> Page<String> {
        let user = try UserName(validating: user)
        return try await users(NewsFeedKeys.following(of: user), ["following", user.text], cursor, limit)
    }

    /// Who follows a user, the latest first.
    /// - Parameters: as of ``following(of:after:limit:)``.
    public func followers(
        of user: String, after cursor: String? = nil, limit: Int = 100
    ) async throws(NewsFeedError) -> Page<String> {
        let user = try UserName(validating: user)
        return try await users(NewsFeedKeys.followers(of: user), ["followers", user.text], cursor, limit)
    }

    private func users(
        _ key: String, _ scope: [String], _ cursor: String?, _ limit: Int
    ) async throws(NewsFeedError) -> Page<String> {
        let list = FollowList(redis: redis, key: key, isNewestFirst: true, deadline: configuration.redisDeadline)
        return try await page(of: scope, after: cursor, limit: limit) { (position, count) throws(NewsFeedError) in
            let place = position.flatMap { FollowPlace(position: $0) }
            if position != nil, place == nil { throw .invalidCursor }
            do throws(RedisError) {
                return try await list.read(after: place, count: count)
                    .map { ($0.position, $0.user.text) }
            } catch {
                throw .redis(error)
            }
        }
    }

    /// Whom a user follows; from memory when that is of these versions.
    /// - Parameter pulledVersion: of the authors whose posts are not all pushed.
    func followed(by user: UserName, version: String, pulledVersion: String) async throws(NewsFeedError) -> FollowedAuthors {
        let known = follows.followed(by: user, version: version)
        if let known, known.pulledAuthors.version == pulledVersion { return known }
        let pulledAuthors = try await pulledAuthors(version: pulledVersion)
        let isPushed = { [configuration] (author: UserName) in configuration.pushes?(author.text, user.text) ?? false }
        let followed: FollowedAuthors
        if let known {
            followed = known.with(pulledAuthors, isPushed: isPushed)
        } else {
            let names: [[UInt8]] = try decode(
                try await send(RedisCommand("ZRANGE", NewsFeedKeys.following(of: user), 0, -1, isIdempotent: true)))
            followed = FollowedAuthors(version: version, names: names, pulledAuthors: pulledAuthors, isPushed: isPushed)
        }
        // Read behind the version, so it is at least as new.
        follows.note(followed, of: user)
        return followed
    }

    /// The names of all whom a user follows now.
    func namesOfFollowed(by user: UserName) async throws(NewsFeedError) -> [UserName] {
        let names: [String] = try decode(
            try await send(RedisCommand("ZRANGE", NewsFeedKeys.following(of: user), 0, -1, isIdempotent: true)))
        return names.map { UserName($0) }
    }

    private func pulledAuthors(version: String) async throws(NewsFeedError) -> PulledAuthors {
        if version.isEmpty { return .none }
        if let known = follows.pulledAuthors(version: version) { return known }
        let names: [String] = try decode(
            try await send(RedisCommand("SMEMBERS", NewsFeedKeys.pulledAuthors, isIdempotent: true)))
        let authors = PulledAuthors(version: version, names: names.map { UserName($0) })
        follows.note(authors)
        return authors
    }
}
