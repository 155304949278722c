/// What is published to a server.
struct ServerEvent: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        case message(MessageEvent)
        case receipt(ReceiptEvent)
        case reset(ResetEvent)
        /// With how far the group is; nil when the user has received that.
        case joined(GroupID, UserName, ConversationPosition?)
        case left(GroupID, UserName)
        case typing(TypingEvent)
        case presence(PresenceEvent)
        /// A server hears itself.
        case beat
    }

    /// A server's events are numbered one after the other. 0: it has no number.
    let number: Int
    let content: Content

    init(number: Int = 0, _ content: Content) {
        (self.number, self.content) = (number, content)
    }
}

struct MessageEvent: Sendable, Hashable {
    let conversation: ConversationID
    let audience: Audience
    /// `seq` is the message's number.
    let position: ConversationPosition
    /// Milliseconds since 1970.
    let at: Int
    /// It was published before.
    let isRepeat: Bool
    /// The connection that has sent it.
    let origin: String?
    let from: UserName
    let id: String
    let text: String

    var seq: Int { position.seq }
}

struct ReceiptEvent: Sendable, Hashable {
    let conversation: ConversationID
    let audience: Audience
    /// The connection that has said so.
    let origin: String?
    let user: UserName
    let received: Int
    let read: Int
}

/// A conversation has a new epoch.
struct ResetEvent: Sendable, Hashable {
    let conversation: ConversationID
    let audience: Audience
    let position: ConversationPosition
}

struct TypingEvent: Sendable, Hashable {
    let conversation: ConversationID
    let audience: Audience
    let from: UserName
}

struct PresenceEvent: Sendable, Hashable {
    let user: UserName
    let isOnline: Bool
    /// Milliseconds since 1970.
    let lastSeenAt: Int?
}
