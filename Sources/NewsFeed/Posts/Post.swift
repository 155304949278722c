/// A post as somebody sees it.
public struct Post: Sendable, Hashable {
    public let id: String
    public let author: String
    public let text: String
    public let mediaURLs: [String]
    /// Milliseconds since 1970.
    public let createdAtMilliseconds: Int
    public let likes: Int
    public let comments: Int
    /// Whether who asks likes it.
    public let isLiked: Bool

    init(id: PostID, record: PostRecord, likes: Int, comments: Int, isLiked: Bool) {
        (self.id, createdAtMilliseconds) = (id.text, id.createdAtMilliseconds)
        (author, text, mediaURLs) = (record.author.text, record.text, record.mediaURLs)
        (self.likes, self.comments, self.isLiked) = (likes, comments, isLiked)
    }
}

/// A part of a list, and where the next part begins.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// nil exactly when nothing older is left.
    public let nextCursor: String?
}
