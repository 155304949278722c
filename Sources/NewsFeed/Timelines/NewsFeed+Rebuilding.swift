import Redis

extension NewsFeed {
    /// Builds a user's timeline from the authors' lists.
    /// - Returns: false when somebody else does, or has.
    func rebuildTimeline(of user: UserName, _ followed: FollowedAuthors) async throws(NewsFeedError) -> Bool {
        let epoch = RandomText.next()
        let keys = [NewsFeedKeys.timeline(of: user), NewsFeedKeys.state(of: user), NewsFeedKeys.unsettled(of: user)]
        let lifetime = configuration.timelineLifetimeMilliseconds
        let begun = try await send(
            NewsFeedScripts.beginRebuild.call(keys: keys, epoch, Self.rebuildPatienceMilliseconds, lifetime))
        guard begun != .null else { return false }

        // Whoever is in the list read below must be in the authors' lists of followers: only then fan-outs that begin after an
        // author's list was read write to this timeline.
        var settled: [(author: UserName, version: String)] = []
        do throws(RedisError) {
            for (author, version) in try TimelineState.authors(begun)
            where try await enlist(user, with: author, version: version) {
                settled.append((author, version))
            }
        } catch {
            throw .redis(error)
        }
        // As of now, since the timeline only now is told of new followings. Who was pulled still is.
        let authors = try await namesOfFollowed(by: user).filter {
            !followed.pulledAuthors.contains($0) || configuration.pushes?($0.text, user.text) ?? false
        }
        let (members, watermark) = try await newestPosts(of: [user] + authors)
        var arguments: [any RedisArgument] = [epoch, watermark, configuration.timelineLength, lifetime, settled.count]
        for (author, version) in settled { arguments += [author.text, version] as [any RedisArgument] }
        arguments += members as [any RedisArgument]
        do {
            let done = try await redis.send(
                NewsFeedScripts.finishRebuild.call(keys: keys, arguments: arguments), deadline: configuration.longDeadline)
            guard done == .integer(1) else { return false }
        } catch {
            throw .redis(error)
        }
        metrics.noteRebuilt()
        return true
    }

    /// The newest posts of some authors, and how far back that is complete.
    private func newestPosts(of authors: [UserName]) async throws(NewsFeedError) -> (members: [String], watermark: String) {
        let length = configuration.timelineLength
        let perAuthor = min(length, max(50, 8 * length / authors.count))
        let replies = try await replies(
            to: authors.map {
                RedisCommand("ZRANGE", NewsFeedKeys.posts(of: $0), 0, perAuthor, isIdempotent: true)
            }, deadline: configuration.longDeadline)
        var members: Set<String> = []
        var watermark = TimelineState.end
        for reply in replies {
            let newest: [String] = try decode(reply)
            members.formUnion(newest.prefix(perAuthor))
            if newest.count > perAuthor { watermark = min(watermark, newest[perAuthor]) }
        }
        let kept = members.sorted()
        if kept.count > length { watermark = min(watermark, kept[length]) }
        return (Array(kept.prefix(length)), watermark)
    }

    /// So long another's rebuilding is waited for; by then it is done, or whoever did it is gone.
    private static let rebuildPatienceMilliseconds = 5_000
}
