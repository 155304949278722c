import Logging
import Redis

extension NewsFeed {
    /// Lets a user follow an author: from now on the author's posts are in the user's feed. Repeating it changes nothing.
    /// - Throws: ``NewsFeedError``. After ``NewsFeedError/redis(_:)`` he may follow; a repetition makes sure.
    public func follow(_ user: String, _ author: String) async throws(NewsFeedError) {
        let (user, author) = (try UserName(validating: user), try UserName(validating: author))
        guard user != author else { throw .ownFollow }
        let call = NewsFeedScripts.followAuthor.call(
            keys: followingKeys(of: user), author.text, RandomText.next(), configuration.maximumFollowed, isIdempotent: true)
        let reply = try await send(call)
        guard reply != .null else { throw .tooManyFollowed }
        let parts: [RedisValue] = try decode(reply)
        guard parts.count == 2 else { throw .unreadableRecord }
        let version: String = try decode(parts[0])
        do throws(RedisError) {
            // Also for a repetition: the first may have come to nothing behind this.
            guard try await enlist(user, with: author, version: version), parts[1] == .integer(1) else { return }
            try await tolerating { () throws(RedisError) in
                try await backfill(user, from: author, version: version)
            }
        } catch {
            throw .redis(error)
        }
    }

    /// Lets a user follow an author no more: at once his posts are in the user's feed no more. Repeating it changes nothing.
    public func unfollow(_ user: String, _ author: String) async throws(NewsFeedError) {
        let (user, author) = (try UserName(validating: user), try UserName(validating: author))
        let version: String = try decode(
            try await send(
                NewsFeedScripts.unfollowAuthor.call(
                    keys: followingKeys(of: user), author.text, RandomText.next(), isIdempotent: true)))
        do throws(RedisError) {
            try await delist(user, from: author, version: version)
            try await tolerating { () throws(RedisError) in try await purge(user, of: author) }
        } catch {
            throw .redis(error)
        }
    }

    /// What lies in place of a timeline is the concern of whoever reads it: he builds it anew.
    private func tolerating(_ step: () async throws(RedisError) -> Void) async throws(RedisError) {
        do throws(RedisError) { try await step() } catch {
            guard error.reply?.kind == "WRONGTYPE" else { throw error }
        }
    }

    private func followingKeys(of user: UserName) -> [String] {
        [NewsFeedKeys.following(of: user), NewsFeedKeys.followingVersion(of: user), NewsFeedKeys.unsettled(of: user)]
    }

    /// Whether a user follows an author now.
    public func isFollowing(_ user: String, _ author: String) async throws(NewsFeedError) -> Bool {
        let (user, author) = (try UserName(validating: user), try UserName(validating: author))
        return try await send(RedisCommand("ZSCORE", NewsFeedKeys.following(of: user), author.text, isIdempotent: true)) != .null
    }

    /// Puts a user into an author's list of followers, unless he follows no more.
    func enlist(_ user: UserName, with author: UserName, version: String) async throws(RedisError) -> Bool {
        let replies = try await redis.replies(
            to: [
                RedisCommand("ZADD", NewsFeedKeys.followers(of: author), "GT", version, user.text, isIdempotent: true),
                RedisCommand("ZSCORE", NewsFeedKeys.following(of: user), author.text, isIdempotent: true),
            ], deadline: configuration.redisDeadline)
        // Who has unfollowed since may have tidied up before there was something to tidy up.
        if try replies[1].decode(as: String?.self) == version { return true }
        try await delist(user, from: author, version: version)
        return false
    }

    private func delist(_ user: UserName, from author: UserName, version: String) async throws(RedisError) {
        let call = NewsFeedScripts.removeFollower.call(
            keys: [NewsFeedKeys.followers(of: author)], user.text, version, isIdempotent: true)
        _ = try await redis.send(call, deadline: configuration.redisDeadline)
    }

    /// Finishes what others have left unfinished. What cannot be finished now is for the next reader.
    func settle(_ authors: [UserName: String], for user: UserName) async {
        for (author, version) in authors.prefix(Self.settledPerRead) {
            do throws(RedisError) {
                if try await enlist(user, with: author, version: version) {
                    try await backfill(user, from: author, version: version)
                }
            } catch {
                logger.debug("A following is still unsettled", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private static let settledPerRead = 16

    /// Brings the author's posts into the timeline, as far back as it reaches. The user is among the followers: what the author
    /// posts after his list was read reaches the timeline by itself.
    private func backfill(_ user: UserName, from author: UserName, version: String) async throws(RedisError) {
        let state = NewsFeedKeys.state(of: user)
        let (length, lifetime) = (configuration.timelineLength, configuration.timelineLifetimeMilliseconds)
        for _ in 0..<3 {
            let known: [String?] = try await redis.send(
                RedisCommand("HMGET", state, "epoch", "watermark", isIdempotent: true), deadline: configuration.redisDeadline
            ).decode()
            var members: [String] = []
            var end = TimelineState.end
            if let watermark = known[1] ?? nil {
                // Being built: whoever builds it has to see the author's list, or leave him unsettled.
                if watermark.isEmpty { return }
                members = try await redis.send(
                    RedisCommand(
                        "ZRANGEBYLEX", NewsFeedKeys.posts(of: author), "-", "(" + watermark, "LIMIT", 0, length + 1,
                        isIdempotent: true), deadline: configuration.redisDeadline
                ).decode()
                if members.count > length { end = members.removeLast() }
            }
            let arguments: [any RedisArgument] = [
                author.text, version, (known[0] ?? nil) ?? "", end, length, configuration.longestTimeline, lifetime,
            ]
            let reply = try await redis.send(
                NewsFeedScripts.settleFollow.call(
                    keys: [NewsFeedKeys.timeline(of: user), state, NewsFeedKeys.unsettled(of: user)],
                    arguments: arguments + members as [any RedisArgument], isIdempotent: true),
                deadline: configuration.redisDeadline)
            if reply != .integer(-1) { return }
        }
    }

    /// Only tidiness: readers leave out whom the user does not follow.
    private func purge(_ user: UserName, of author: UserName) async throws(RedisError) {
        let timeline = NewsFeedKeys.timeline(of: user)
        let oldest: [String] = try await redis.send(
            RedisCommand("ZRANGE", timeline, -1, -1, isIdempotent: true), deadline: configuration.redisDeadline
        ).decode()
        guard let oldest = oldest.first else { return }
        let members: [String] = try await redis.send(
            RedisCommand(
                "ZRANGEBYLEX", NewsFeedKeys.posts(of: author), "-", "[" + oldest, "LIMIT", 0, configuration.longestTimeline,
                isIdempotent: true), deadline: configuration.redisDeadline
        ).decode()
        for start in stride(from: 0, to: members.count, by: 1000) {
            let part = [author.text] + members[start..<min(start + 1000, members.count)]
            _ = try await redis.send(
                NewsFeedScripts.purgeTimeline.call(
                    keys: [timeline, NewsFeedKeys.state(of: user), NewsFeedKeys.following(of: user)], arguments: part,
                    isIdempotent: true),
                deadline: configuration.redisDeadline)
        }
    }
}
