import Logging
import Redis

extension NewsFeed {
    /// Accepts a post: when this returns, it is stored and queued, and can be read and liked.
    ///
    /// Two round trips; two more with a key.
    /// - Parameter idempotencyKey: the same key of the same author with the same post gives the same answer for 24 hours, from any
    ///   instance, and one post.
    /// - Throws: ``NewsFeedError``. After ``NewsFeedError/redis(_:)`` the post may be there.
    public func post(_ post: NewPost, idempotencyKey: String? = nil) async throws(NewsFeedError) -> AcceptedPost {
        let record = try post.record()
        var id = PostID(createdAtMicroseconds: try await redisTime())
        guard let idempotencyKey else {
            while try await !accept(id, record) { id = PostID(createdAtMicroseconds: try await redisTime()) }
            return AcceptedPost(id)
        }
        let (reserved, isAccepted, name) = try await reserve(id, for: post, idempotencyKey)
        if !isAccepted {
            guard try await accept(reserved, record) else { throw .unreadableRecord }
            // Otherwise a repetition stores and queues it again, which changes nothing.
            _ = try? await send(RedisCommand("HSET", name, "accepted", 1))
        }
        return AcceptedPost(reserved)
    }

    /// Stores it, and queues it behind that; then its author sees it, whom no worker has to wait for. All may happen twice.
    /// - Returns: false when the identifier is another's.
    private func accept(_ id: PostID, _ record: PostRecord) async throws(NewsFeedError) -> Bool {
        let commands = [
            NewsFeedScripts.acceptPost.call(
                keys: [NewsFeedKeys.post(id), NewsFeedKeys.deleted(id)], record.encoded, isIdempotent: true),
            FanOutJob(post: id, author: record.author).queueing,
            // Whatever comes of this one: a worker does it too.
            FanOut.listing(id, of: record.author),
        ]
        let replies = await redis.pipeline(commands, deadline: configuration.redisDeadline)
        let reply: RedisValue
        do {
            (reply, _) = (try replies[0].get(), try replies[1].get())
        } catch {
            throw .redis(error)
        }
        guard reply != .integer(-1) else { return false }
        metrics.noteAccepted()
        return true
    }

    private func reserve(
        _ id: PostID, for post: NewPost, _ key: String
    ) async throws(NewsFeedError) -> (id: PostID, isAccepted: Bool, name: String) {
        guard (1...NewsFeedError.maximumIdempotencyKeyLength).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .invalidIdempotencyKey }
        let name = NewsFeedKeys.reservation(Digest.hexadecimal(of: [post.author, key]))
        let parts: [RedisValue] = try decode(
            try await send(
                NewsFeedScripts.reservePost.call(
                    keys: [name], post.digest, id.text, Self.reservationMilliseconds, isIdempotent: true)))
        guard parts.count == 3, let reserved = PostID(try decode(parts[1], as: String.self)) else { throw .unreadableRecord }
        guard try decode(parts[0], as: String.self) == post.digest else { throw .idempotencyConflict }
        return (reserved, parts[2] == .integer(1), name)
    }

    /// 24 hours.
    private static let reservationMilliseconds = 86_400_000
    /// A reservation's time, and some for an acceptance that is under way.
    private static let deletedMilliseconds = reservationMilliseconds + 3_600_000

    /// Deletes a post: at once it is in no feed any more, whatever is under way.
    /// - Throws: ``NewsFeedError/notFound``, also when it was deleted before; ``NewsFeedError/notAuthor``.
    public func deletePost(_ id: String, by user: String) async throws(NewsFeedError) {
        let (id, record) = try await record(of: id)
        guard record.author == UserName(user) else { throw .notAuthor }
        let deletion = NewsFeedScripts.deletePost.call(
            keys: [
                NewsFeedKeys.post(id), NewsFeedKeys.deleted(id), NewsFeedKeys.likes(id), NewsFeedKeys.comments(id),
                NewsFeedKeys.commentTexts(id),
            ], Self.deletedMilliseconds)
        let isDeleted = try await send(deletion) == .integer(1)
        // Only tidiness: readers pass over what is not there.
        _ = try? await send(RedisCommand("ZREM", NewsFeedKeys.posts(of: record.author), id.member, isIdempotent: true))
        if !isDeleted { throw .notFound }
    }

    /// A post as a user sees it.
    /// - Throws: ``NewsFeedError/notFound``.
    public func post(_ id: String, for viewer: String? = nil) async throws(NewsFeedError) -> Post {
        guard let id = PostID(id) else { throw .notFound }
        guard let post = try await posts([id], for: viewer.map { UserName($0) }).first ?? nil else { throw .notFound }
        return post
    }

    func record(of id: String) async throws(NewsFeedError) -> (id: PostID, record: PostRecord) {
        guard let id = PostID(id) else { throw .notFound }
        let bytes: [UInt8]? = try decode(try await send(RedisCommand("GET", NewsFeedKeys.post(id), isIdempotent: true)))
        guard let bytes else { throw .notFound }
        guard let record = PostRecord(decoding: bytes) else { throw .unreadableRecord }
        return (id, record)
    }

    /// The posts of some identifiers, in one round trip; nil in the place of those that are gone.
    func posts(_ ids: [PostID], for viewer: UserName?) async throws(NewsFeedError) -> [Post?] {
        let calls = stride(from: 0, to: ids.count, by: Self.postsPerCall).map { start in
            NewsFeedScripts.readPosts.call(
                keys: ids[start..<min(start + Self.postsPerCall, ids.count)].flatMap {
                    [NewsFeedKeys.post($0), NewsFeedKeys.likes($0), NewsFeedKeys.comments($0)]
                }, viewer?.text ?? "", isIdempotent: true)
        }
        var stored: [RedisValue] = []
        for reply in try await replies(to: calls) { stored += try decode(reply, as: [RedisValue].self) }
        guard stored.count == ids.count else { throw .unreadableRecord }
        var posts: [Post?] = []
        for (id, value) in zip(ids, stored) {
            guard case .array(let parts) = value, parts.count == 4, case .bytes(let bytes) = parts[0] else {
                posts.append(nil)
                continue
            }
            guard let record = PostRecord(decoding: bytes) else {
                logger.error("A post cannot be read", metadata: ["post": "\(id.text)"])
                posts.append(nil)
                continue
            }
            posts.append(
                Post(
                    id: id, record: record, likes: try decode(parts[1]), comments: try decode(parts[2]),
                    isLiked: parts[3] == .integer(1)))
        }
        return posts
    }

    /// Others wait for no longer than that takes.
    private static let postsPerCall = 64

    /// The posts of an author, newest first.
    /// - Parameters:
    ///   - cursor: ``Page/nextCursor`` of the page before; nil: the first page.
    ///   - limit: 1 to 1,000.
    public func posts(
        of author: String, for viewer: String? = nil, after cursor: String? = nil, limit: Int = 20
    ) async throws(NewsFeedError) -> Page<Post> {
        let author = try UserName(validating: author)
        let viewer = viewer.map { UserName($0) }
        return try await page(of: ["posts", author.text], after: cursor, limit: limit) {
            (position, count) throws(NewsFeedError) in
            let members: [String] = try decode(
                try await send(
                    RedisCommand(
                        "ZRANGEBYLEX", NewsFeedKeys.posts(of: author), FeedMerge.minimum(after: position), "+", "LIMIT", 0, count,
                        isIdempotent: true)))
            let ids = members.compactMap { PostID(member: $0) }
            // Of an id that two authors drew, one has the post, and both may have an entry.
            return zip(ids, try await posts(ids, for: viewer)).map { id, post in
                (id.member, post.flatMap { UserName($0.author) == author ? $0 : nil })
            }
        }
    }

    /// A page of a list that is read in parts.
    /// - Parameter read: so many entries behind a position, in order: each with its own position, and what it is; nil: it is gone.
    ///   None: there are no more.
    func page<Item>(
        of scope: [String], after cursor: String?, limit: Int,
        _ read: (_ position: String?, _ count: Int) async throws(NewsFeedError) -> [(position: String, item: Item?)]
    ) async throws(NewsFeedError) -> Page<Item> {
        guard (1...NewsFeedError.maximumLimit).contains(limit) else { throw .invalidLimit }
        let key = try await cursorKey()
        var position = try cursor.map { (cursor) throws(NewsFeedError) in try key.position(of: cursor, in: scope) }
        var found: [(position: String, item: Item)] = []
        // One more than asked for tells whether there are more.
        while found.count <= limit {
            let entries = try await read(position, max(limit + 1 - found.count, 8))
            guard let last = entries.last else { return Page(items: found.map(\.item), nextCursor: nil) }
            position = last.position
            for entry in entries { if let item = entry.item { found.append((entry.position, item)) } }
        }
        return Page(items: found.prefix(limit).map(\.item), nextCursor: key.cursor(found[limit - 1].position, in: scope))
    }
}
