import Redis

/// A place in a list of users that is ordered by version, and then by name.
struct FollowPlace: Sendable, Equatable {
    let version: String
    let user: UserName

    var position: String { "\(version) \(user.text)" }

    init(version: String, user: UserName) {
        (self.version, self.user) = (version, user)
    }

    init?(position: String) {
        // By bytes: a name may begin with what joins the space before it to one character.
        let parts = position.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 2, Int(parts[0]) != nil else { return nil }
        self.init(version: parts[0], user: UserName(parts[1]))
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
