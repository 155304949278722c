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
            do throws(RedisError) {
                return try await list.read(after: position.flatMap { FollowPlace(position: $0) }, count: count)
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

/// A place in a list of users that is ordered by version, and then by name.
struct FollowPlace: Sendable, Equatable {
    let version: String
    let user: UserName

    var position: String { "\(version) \(user.text)" }

    init(version: String, user: UserName) {
        (self.version, self.user) = (version, user)
    }

    init?(position: String) {
        let parts = position.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Int(parts[0]) != nil else { return nil }
        self.init(version: String(parts[0]), user: UserName(String(parts[1])))
    }
}

/// A sorted set of users, read in parts: each goes on exactly behind the one before, whoever came or went meanwhile.
struct FollowList: Sendable {
    let redis: any RedisCommands
    let key: String
    var isNewestFirst = false
    let deadline: Duration

    /// The next behind a place, at least one if there are any.
    func read(after place: FollowPlace?, count: Int) async throws(RedisError) -> [FollowPlace] {
        var read = count
        while true {
            let texts: [String] = try await redis.send(command(after: place, count: read), deadline: deadline).decode()
            let later = places(texts, after: place)
            if !later.isEmpty || texts.count < 2 * read { return Array(later.prefix(count)) }
            // All of one version, up to here.
            read *= 2
        }
    }

    func command(after place: FollowPlace?, count: Int) -> RedisCommand {
        RedisCommand(
            isNewestFirst ? "ZREVRANGEBYSCORE" : "ZRANGEBYSCORE", key, place?.version ?? (isNewestFirst ? "+inf" : "-inf"),
            isNewestFirst ? "-inf" : "+inf", "WITHSCORES", "LIMIT", 0, count, isIdempotent: true)
    }

    /// Those behind a place: Redis can begin only before all of one version.
    func places(_ texts: [String], after place: FollowPlace?) -> [FollowPlace] {
        stride(from: 0, to: texts.count - 1, by: 2).compactMap { index in
            let found = FollowPlace(version: texts[index + 1], user: UserName(texts[index]))
            guard let place, found.version == place.version else { return found }
            let (earlier, later) = isNewestFirst ? (found, place) : (place, found)
            return earlier.user.text.utf8.lexicographicallyPrecedes(later.user.text.utf8) ? found : nil
        }
    }
}
