import Redis

extension NewsFeed {
    /// The posts of those whom a user follows now, and his own, newest first.
    ///
    /// Usually three round trips: the timeline, the lists that are merged into it, the posts themselves.
    /// - Parameters:
    ///   - cursor: ``Page/nextCursor`` of the page before; nil: the first page.
    ///   - limit: 1 to 1,000.
    public func feed(of user: String, after cursor: String? = nil, limit: Int = 20) async throws(NewsFeedError) -> Page<Post> {
        let user = try UserName(validating: user)
        var source: FeedSource?
        return try await page(of: ["feed", user.text], after: cursor, limit: limit) {
            (position, count) throws(NewsFeedError) in
            if source == nil { source = try await FeedSource(self, user, after: position, pageSize: limit + 1) }
            guard let members = try await source?.next(count), !members.isEmpty else { return [] }
            let ids = members.compactMap { PostID(member: $0) }
            let followed = source?.followed
            return zip(ids, try await posts(ids, for: user)).map { id, post in
                guard let post, post.author == user.text || followed?.contains(UserName(post.author)) == true else {
                    return (id.member, nil)
                }
                return (id.member, post)
            }
        }
    }
}

/// Where one page of a feed comes from: the timeline and what is merged into it, as far as the timeline is complete; behind that
/// the lists of all whom the user follows.
struct FeedSource {
    let feed: NewsFeed
    let user: UserName
    let followed: FollowedAuthors
    private let pageSize: Int
    private var merge: FeedMerge
    /// The lists that are merged, in the order of the sources; nil: the timeline.
    private var lists: [UserName?]
    /// So far reaches what is merged.
    private var watermark: String
    private var epoch = ""

    init(_ feed: NewsFeed, _ user: UserName, after position: String?, pageSize: Int) async throws(NewsFeedError) {
        (self.feed, self.user, self.pageSize) = (feed, user, pageSize)
        // Some more than asked for: posts may be gone.
        let count = pageSize + 8
        var state = try await feed.timeline(of: user, after: position, count: count)
        if !state.unsettled.isEmpty { await feed.settle(state.unsettled, for: user) }
        followed = try await feed.followed(
            by: user, version: state.followingVersion, pulledVersion: state.pulledVersion)
        if state.part == nil, try await feed.rebuildTimeline(of: user, followed) {
            let again = try await feed.timeline(of: user, after: position, count: count)
            // Otherwise it is not the timeline of those whom we know to be followed.
            if again.followingVersion == state.followingVersion { state = again }
        }
        guard let part = state.part else {
            (lists, watermark) = (try await [user] + feed.namesOfFollowed(by: user), TimelineState.end)
            merge = FeedMerge(sourceCount: lists.count, after: position, pageSize: pageSize)
            return
        }
        epoch = part.epoch
        let direct = Set(followed.pulled).union(state.unsettled.keys).subtracting([user])
        (lists, watermark) = ([nil, user] + direct, part.watermark)
        merge = FeedMerge(sourceCount: lists.count, after: position, pageSize: pageSize)
        if let reading = merge.readings.first {
            merge.note(part.members, for: .init(source: reading.source, minimum: reading.minimum, count: count))
        }
    }

    /// The next ones, at most so many; none: there are no more.
    mutating func next(_ count: Int) async throws(NewsFeedError) -> [String] {
        var members: [String] = []
        while members.count < count {
            switch merge.next(before: watermark) {
            case .taken(let member): members.append(member)
            case .ended: return members
            case .dry: try await read()
            case .atBound: try await pullFromHere()
            }
        }
        return members
    }

    /// From here on, the authors' lists: they reach back for ever.
    private mutating func pullFromHere() async throws(NewsFeedError) {
        feed.metrics.notePulled()
        (lists, watermark) = (try await [user] + feed.namesOfFollowed(by: user), TimelineState.end)
        merge = FeedMerge(sourceCount: lists.count, after: merge.position, pageSize: pageSize)
    }

    private mutating func read() async throws(NewsFeedError) {
        let readings = merge.readings
        var direct: [FeedMerge.Reading] = []
        for reading in readings {
            guard lists[reading.source] == nil else {
                direct.append(reading)
                continue
            }
            let start = reading.minimum == "-" ? nil : String(reading.minimum.dropFirst())
            let part = try await feed.timeline(of: user, after: start, count: reading.count).part
            // It may have been shortened meanwhile, or be another.
            guard let part, part.epoch == epoch else { return try await pullFromHere() }
            watermark = min(watermark, part.watermark)
            merge.note(part.members, for: reading)
        }
        let replies = try await feed.replies(
            to: direct.map { reading in
                RedisCommand(
                    "ZRANGEBYLEX", NewsFeedKeys.posts(of: lists[reading.source] ?? user), reading.minimum, "+", "LIMIT", 0,
                    reading.count, isIdempotent: true)
            }, deadline: feed.configuration.longDeadline)
        for (reading, reply) in zip(direct, replies) { merge.note(try feed.decode(reply), for: reading) }
    }
}
