import Redis

extension NewsFeed {
    /// Repeating it changes nothing.
    /// - Throws: ``NewsFeedError/notFound``.
    public func like(_ id: String, by user: String) async throws(NewsFeedError) {
        try await setLike(id, user, likes: true)
    }

    /// Repeating it changes nothing.
    /// - Throws: ``NewsFeedError/notFound``.
    public func unlike(_ id: String, by user: String) async throws(NewsFeedError) {
        try await setLike(id, user, likes: false)
    }

    private func setLike(_ id: String, _ user: String, likes: Bool) async throws(NewsFeedError) {
        let user = try UserName(validating: user)
        guard let id = PostID(id) else { throw .notFound }
        let call = NewsFeedScripts.likePost.call(
            keys: [NewsFeedKeys.post(id), NewsFeedKeys.likes(id)], user.text, likes ? 1 : 0, isIdempotent: true)
        guard try await send(call) == .integer(1) else { throw .notFound }
    }
}
