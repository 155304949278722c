import Redis

/// For comparisons, which fill a database of their own and empty it again.
extension NewsFeed {
    /// Writes at once who follows whom, as ``follow(_:_:)`` would leave it behind one after the other. Nobody may follow anyone yet.
    /// - Parameter authors: whom each user follows, none of them twice.
    package func load(_ authors: [(user: String, followed: [String])]) async throws(NewsFeedError) {
        var version = try await redisTime()
        var followers: [UserName: [any RedisArgument]] = [:]
        var commands: [RedisCommand] = []
        for (user, followed) in authors where !followed.isEmpty {
            let user = UserName(user)
            var following: [any RedisArgument] = []
            for author in followed {
                version += 1
                following += [version, author] as [any RedisArgument]
                followers[UserName(author), default: []] += [version, user.text] as [any RedisArgument]
            }
            commands += Self.additions(following, to: NewsFeedKeys.following(of: user))
            commands.append(RedisCommand("SET", NewsFeedKeys.followingVersion(of: user), RandomText.next(), isIdempotent: true))
        }
        for (author, entries) in followers { commands += Self.additions(entries, to: NewsFeedKeys.followers(of: author)) }
        _ = try await replies(to: commands, deadline: configuration.longDeadline)
    }

    /// Writes posts at once, as if they had been made a while ago and brought to readers who have no timeline yet.
    /// - Parameter authors: of the posts, the oldest first; each has followers already.
    /// - Returns: the identifiers.
    package func load(postsOf authors: [String], text: String) async throws(NewsFeedError) -> [String] {
        // A millisecond apart, the last a second ago.
        let start = try await redisTime() - 1000 * (authors.count + 1000)
        var (ids, lists): ([String], [UserName: [any RedisArgument]]) = ([], [:])
        var commands: [RedisCommand] = []
        for (number, author) in authors.enumerated() {
            let (id, author) = (PostID(createdAtMicroseconds: start + 1000 * number), UserName(author))
            let record = PostRecord(author: author, mediaURLs: [], text: text)
            commands.append(RedisCommand("SET", NewsFeedKeys.post(id), record.encoded, isIdempotent: true))
            lists[author, default: []] += [0, id.member] as [any RedisArgument]
            ids.append(id.text)
        }
        for (author, entries) in lists { commands += Self.additions(entries, to: NewsFeedKeys.posts(of: author)) }
        _ = try await replies(to: commands, deadline: configuration.longDeadline)
        try await markPulled(Array(lists.keys))
        return ids
    }

    /// Those of them whose posts are not all pushed.
    private func markPulled(_ authors: [UserName]) async throws(NewsFeedError) {
        let counts = try await replies(
            to: authors.map { RedisCommand("ZCARD", NewsFeedKeys.followers(of: $0), isIdempotent: true) },
            deadline: configuration.longDeadline)
        var pulled: [RedisCommand] = []
        for (author, count) in zip(authors, counts) where try configuration.marks(followers: decode(count)) {
            pulled.append(RedisCommand("SADD", NewsFeedKeys.pulledAuthors, author.text, isIdempotent: true))
        }
        if pulled.isEmpty { return }
        let version = RedisCommand("SET", NewsFeedKeys.pulledVersion, RandomText.next(), isIdempotent: true)
        _ = try await replies(to: pulled + [version], deadline: configuration.longDeadline)
    }

    /// A thousand entries a command: Redis does nothing else during one.
    private static func additions(_ entries: [any RedisArgument], to key: String) -> [RedisCommand] {
        stride(from: 0, to: entries.count, by: 2000).map { start in
            let part = entries[start..<min(start + 2000, entries.count)]
            return RedisCommand("ZADD", arguments: [key] + part, isIdempotent: true)
        }
    }

    /// Deletes all that is known of some users and posts, what they share with others included, and nothing else.
    package func erase(users: [String], posts: [String]) async throws(NewsFeedError) {
        let ofUsers = users.lazy.map { UserName($0) }.flatMap { user in
            [
                NewsFeedKeys.posts(of: user), NewsFeedKeys.followers(of: user), NewsFeedKeys.following(of: user),
                NewsFeedKeys.followingVersion(of: user), NewsFeedKeys.unsettled(of: user), NewsFeedKeys.timeline(of: user),
                NewsFeedKeys.state(of: user),
            ]
        }
        let ofPosts = posts.lazy.compactMap { PostID($0) }.flatMap { post in
            [
                NewsFeedKeys.post(post), NewsFeedKeys.deleted(post), NewsFeedKeys.likes(post), NewsFeedKeys.comments(post),
                NewsFeedKeys.commentTexts(post), NewsFeedKeys.fanOut(post),
            ]
        }
        let shared = [
            NewsFeedKeys.queue, NewsFeedKeys.deadLetters, NewsFeedKeys.pulledAuthors, NewsFeedKeys.pulledVersion,
            NewsFeedKeys.settings,
        ]
        let keys = Array(ofUsers) + Array(ofPosts) + shared
        let commands = stride(from: 0, to: keys.count, by: 100).map { start in
            RedisCommand("DEL", arguments: Array(keys[start..<min(start + 100, keys.count)]), isIdempotent: true)
        }
        _ = try await replies(to: commands, deadline: configuration.longDeadline)
    }

    /// How many services of this kind use the server, whichever database: channels belong to all of them.
    package func listeners() async throws(NewsFeedError) -> Int {
        let reply = try await send(RedisCommand("PUBSUB", "NUMSUB", NewsFeedKeys.channel, isIdempotent: true))
        let parts: [RedisValue] = try decode(reply)
        return try parts.count > 1 ? decode(parts[1]) : 0
    }
}
