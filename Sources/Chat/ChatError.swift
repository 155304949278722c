public import Redis

/// Why something was not done.
public enum ChatError: Error, Sendable {
    case invalidUser
    case invalidGroup
    case invalidConversation
    case invalidMessageID
    /// - Parameter maximum: bytes of UTF-8.
    case invalidText(maximum: Int)
    case invalidSequence
    case invalidLimit
    case invalidCursor
    case invalidMembers
    case tooManyMembers
    /// The user is no member of the conversation.
    case notMember
    /// Only the group's owner may do that.
    case notOwner
    /// There is no such group.
    case notFound
    /// There is another group of this name, or was one.
    case groupExists
    /// Others changed the same thing again and again.
    case contended
    /// What lies in Redis in its place is nothing that was written here.
    case unreadableRecord
    /// The user has sent too much in a short time.
    case tooManyMessages(retryAfterMs: Int)
    /// The connection watches as many users as one may.
    case tooManyWatched
    /// Servers have not yet said who is connected to them.
    case presenceUnsettled
    /// This server holds no lease.
    case notRegistered
    /// What is published does not reach this server.
    case eventsLost
    case redis(RedisError)

    /// What an error of Redis means here.
    init(_ error: RedisError) {
        guard let reply = error.reply else {
            self = error.code == .unexpectedReply ? .unreadableRecord : .redis(error)
            return
        }
        // A script's own error begins with where it happened. Redis 7 writes the same behind errors of its own (READONLY, OOM).
        let isUnreadable =
            ["WRONGTYPE", "UNREADABLE"].contains(reply.kind) || reply.text.hasPrefix("ERR user_script:")
            || reply.text.hasPrefix("ERR Error running script")
        self = isUnreadable ? .unreadableRecord : .redis(error)
    }
}

extension ChatError: CustomStringConvertible {
    /// One sentence for whoever asked.
    public var description: String {
        switch self {
        case .invalidUser: "user: 1 to \(UserName.maximumLength) bytes."
        case .invalidGroup: "group: 1 to \(GroupID.maximumLength) of A-Z, a-z, 0-9, '.', '_', '-'."
        case .invalidConversation: "conversation: no such identifier is issued here."
        case .invalidMessageID: "id: 1 to \(NewMessage.maximumIDLength) bytes."
        case .invalidText(let maximum): "text: 1 to \(maximum) bytes."
        case .invalidSequence: "seq: an integer from 0."
        case .invalidLimit: "limit: an integer from 1 to \(MessagePage.maximumLimit)."
        case .invalidCursor: "cursor: it was not issued here."
        case .invalidMembers: "members: each once."
        case .tooManyMembers: "The group cannot have more members."
        case .notMember: "Only members may do that."
        case .notOwner: "Only the group's owner may do that."
        case .notFound: "There is no such group."
        case .groupExists: "There is another group of this name, or was one."
        case .contended: "Others changed the same at the same time; try again."
        case .unreadableRecord: "What is stored cannot be read."
        case .tooManyMessages(let delay): "Too many messages at once; the next one in \(delay) ms."
        case .tooManyWatched: "users: no more can be watched."
        case .presenceUnsettled: "Who is connected is not known at this moment; try again."
        case .notRegistered: "This server is not registered in Redis."
        case .eventsLost: "Published events do not come back from Redis."
        case .redis: "Redis did not answer in time."
        }
    }
}
