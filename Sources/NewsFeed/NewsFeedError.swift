public import Redis

/// Why something was not done.
public enum NewsFeedError: Error, Sendable {
    case invalidUser
    case invalidText
    case invalidMediaURLs
    case invalidIdempotencyKey
    /// The key was used for another request.
    case idempotencyConflict
    case invalidCursor
    case invalidLimit
    /// There is no such post, or it was deleted.
    case notFound
    /// Only its author may do that.
    case notAuthor
    case ownFollow
    /// The user follows as many as one may.
    case tooManyFollowed
    /// What lies in Redis in its place is nothing that was written here.
    case unreadableRecord
    /// What is published does not reach this instance.
    case eventsLost
    /// Posts are queued, and no worker of this instance gets on.
    case workerStopped
    case redis(RedisError)

    static let maximumIdempotencyKeyLength = 255
    static let maximumLimit = 1_000
}

extension NewsFeedError: CustomStringConvertible {
    /// One sentence for whoever asked.
    public var description: String {
        switch self {
        case .invalidUser: "user: 1 to \(UserName.maximumLength) bytes."
        case .invalidText: "text: 1 to \(NewPost.maximumTextLength) characters."
        case .invalidMediaURLs:
            "mediaUrls: at most \(NewPost.maximumMediaURLs) URLs, http or https, of at most \(NewPost.maximumMediaURLLength) bytes."
        case .invalidIdempotencyKey: "Idempotency-Key: 1 to \(Self.maximumIdempotencyKeyLength) printable ASCII characters."
        case .idempotencyConflict: "Idempotency-Key: it was used for another request."
        case .invalidCursor: "cursor: it was not issued here."
        case .invalidLimit: "limit: an integer from 1 to \(Self.maximumLimit)."
        case .notFound: "There is no such post."
        case .notAuthor: "Only the post's author may do that."
        case .ownFollow: "Nobody follows himself: one's own posts are in one's feed anyway."
        case .tooManyFollowed: "One cannot follow more."
        case .unreadableRecord: "What is stored cannot be read."
        case .eventsLost: "Published messages do not come back from Redis."
        case .workerStopped: "Posts are queued, and no worker gets on."
        case .redis: "Redis did not answer in time."
        }
    }
}
