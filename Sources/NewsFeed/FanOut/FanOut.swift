import Redis

/// Brings one post to readers: into the author's list, and then into the timelines of those who follow him, or among the authors
/// whose lists are merged at reading.
///
/// Each step may be repeated, and the checkpoint says where to go on, so whoever goes on after another was killed does what is left.
struct FanOut: Sendable {
    let redis: any RedisCommands
    let configuration: NewsFeedConfiguration
    let job: FanOutJob

    static let followersPerPage = 1000
    static let timelinesPerCall = 64
    /// For who is taken up again after a long time.
    private static let lifetimeMilliseconds = 7 * 86_400_000

    struct Beginning: Sendable {
        let mode: FanOutMode
        let tries: Int
        /// The last follower who has it.
        let checkpoint: FollowPlace?
    }

    /// - Returns: nil when there is no such post (any more).
    func begin(isTry: Bool) async throws(RedisError) -> Beginning? {
        let followers: Int = try await send(
            RedisCommand("ZCARD", NewsFeedKeys.followers(of: job.author), isIdempotent: true)
        ).decode()
        let reply = try await send(
            NewsFeedScripts.beginFanOut.call(
                keys: [NewsFeedKeys.post(job.post), NewsFeedKeys.fanOut(job.post)],
                configuration.mode(followers: followers).rawValue, isTry ? 1 : 0, Self.lifetimeMilliseconds))
        guard reply != .null else { return nil }
        let parts: [String] = try reply.decode()
        guard parts.count == 4 else { return nil }
        let checkpoint = parts[2].isEmpty ? nil : FollowPlace(version: parts[2], user: UserName(parts[3]))
        return Beginning(
            mode: FanOutMode(rawValue: parts[0]) ?? .push, tries: Int(parts[1]) ?? 0, checkpoint: checkpoint)
    }

    /// First of all: what is in no timeline yet is found there.
    func list() async throws(RedisError) {
        _ = try await send(Self.listing(job.post, of: job.author))
    }

    static func listing(_ post: PostID, of author: UserName) -> RedisCommand {
        RedisCommand("ZADD", NewsFeedKeys.posts(of: author), 0, post.member, isIdempotent: true)
    }

    func markPulled() async throws(RedisError) {
        _ = try await send(
            NewsFeedScripts.markPulled.call(
                keys: [NewsFeedKeys.pulledAuthors, NewsFeedKeys.pulledVersion], job.author.text, RandomText.next(),
                isIdempotent: true))
    }

    /// - Parameter keepsOn: asked after each thousand followers.
    /// - Returns: how many timelines have it now that had not; nil when it was left before the end.
    func push(
        from checkpoint: FollowPlace?, keepsOn: () async throws(RedisError) -> Bool
    ) async throws(RedisError) -> Int? {
        let list = FollowList(
            redis: redis, key: NewsFeedKeys.followers(of: job.author), deadline: configuration.longDeadline)
        var written = 0
        var page = try await list.read(after: checkpoint, count: Self.followersPerPage)
        // Of the page before: its timelines were confirmed.
        var done: FollowPlace?
        while let last = page.last {
            var commands = calls(for: page)
            let calls = commands.count
            if let done { commands.append(noting(done)) }
            commands.append(list.command(after: last, count: Self.followersPerPage))
            let replies = try await redis.replies(to: commands, deadline: configuration.longDeadline)
            for reply in replies.prefix(calls) {
                let count: Int = try reply.decode()
                // Deleted meanwhile.
                if count < 0 { return written }
                written += count
            }
            done = last
            let texts: [String] = try replies[replies.count - 1].decode()
            page = list.places(texts, after: last)
            if page.isEmpty, !texts.isEmpty { page = try await list.read(after: last, count: Self.followersPerPage) }
            if page.isEmpty { break }
            if try await keepsOn() { continue }
            _ = try await send(noting(last))
            return nil
        }
        return written
    }

    private func calls(for page: [FollowPlace]) -> [RedisCommand] {
        let followers = configuration.pushes.map { pushes in page.filter { pushes(job.author.text, $0.user.text) } } ?? page
        return stride(from: 0, to: followers.count, by: Self.timelinesPerCall).map { start in
            let chunk = followers[start..<min(start + Self.timelinesPerCall, followers.count)]
            return NewsFeedScripts.fanOut.call(
                keys: [NewsFeedKeys.post(job.post)]
                    + chunk.flatMap { [NewsFeedKeys.state(of: $0.user), NewsFeedKeys.timeline(of: $0.user)] },
                job.post.member, configuration.timelineLength, configuration.longestTimeline,
                configuration.timelineLifetimeMilliseconds, isIdempotent: true)
        }
    }

    /// Who gets on is no poison: tries begin anew.
    private func noting(_ place: FollowPlace) -> RedisCommand {
        RedisCommand(
            "HSET", NewsFeedKeys.fanOut(job.post), "version", place.version, "user", place.user.text, "tries", 0,
            isIdempotent: true)
    }

    private func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await redis.send(command, deadline: configuration.redisDeadline)
    }
}
