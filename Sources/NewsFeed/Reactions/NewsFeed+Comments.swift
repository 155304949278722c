import Redis

extension NewsFeed {
    /// Comments on a post.
    /// - Parameter text: as a post's.
    /// - Throws: ``NewsFeedError/notFound``. After ``NewsFeedError/redis(_:)`` the comment may be there.
    public func comment(on post: String, by author: String, text: String) async throws(NewsFeedError) -> Comment {
        let record = CommentRecord(author: try UserName(validating: author), text: text)
        try NewPost.validate(text: text)
        guard let post = PostID(post) else { throw .notFound }
        let id = PostID(createdAtMicroseconds: try await redisTime())
        let call = NewsFeedScripts.commentPost.call(
            keys: [NewsFeedKeys.post(post), NewsFeedKeys.comments(post), NewsFeedKeys.commentTexts(post)], id.member,
            record.encoded, isIdempotent: true)
        guard try await send(call) == .integer(1) else { throw .notFound }
        return Comment(id: id, record: record)
    }

    /// The comments on a post, newest first.
    /// - Throws: ``NewsFeedError/notFound``.
    public func comments(
        of post: String, after cursor: String? = nil, limit: Int = 20
    ) async throws(NewsFeedError) -> Page<Comment> {
        guard let post = PostID(post) else { throw .notFound }
        let exists = RedisCommand("EXISTS", NewsFeedKeys.post(post), isIdempotent: true)
        guard try await send(exists) == .integer(1) else { throw .notFound }
        return try await page(of: ["comments", post.text], after: cursor, limit: limit) {
            (position, count) throws(NewsFeedError) in
            let members: [String] = try decode(
                try await send(
                    RedisCommand(
                        "ZRANGEBYLEX", NewsFeedKeys.comments(post), FeedMerge.minimum(after: position), "+", "LIMIT", 0, count,
                        isIdempotent: true)))
            guard !members.isEmpty else { return [] }
            let texts: [[UInt8]?] = try decode(
                try await send(
                    RedisCommand(
                        "HMGET", arguments: [NewsFeedKeys.commentTexts(post)] + members as [any RedisArgument], isIdempotent: true
                    )))
            return zip(members, texts).map { member, bytes in
                guard let id = PostID(member: member), let record = bytes.flatMap({ CommentRecord(decoding: $0) }) else {
                    return (member, nil)
                }
                return (member, Comment(id: id, record: record))
            }
        }
    }
}
