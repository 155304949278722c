import Synchronization

/// What a client is told. One object for all whom it goes to, so that it is encoded once however many they are.
public final class ChatEvent: Sendable {
    public enum Content: Sendable {
        /// The user is connected: from here on messages come.
        case welcome(user: UserName, connection: ConnectionID, server: String)
        /// What the client has sent is safe.
        case sent(SentMessage)
        case message(ConversationID, Epoch, Message)
        case receipt(ConversationID, Receipt)
        case typing(ConversationID, from: UserName)
        case presence(Presence)
        /// The messages that the client had asked for have come, up to this number.
        case synced(ConversationID, Epoch, through: Int)
        /// What the client wanted was not done.
        case failed(ChatError, id: String?)
    }

    public let content: Content
    private let encoding = Mutex<(any AnyObject & Sendable)?>(nil)

    init(_ content: Content) { self.content = content }

    /// The event in the form that it is sent in, made for the first who asks and kept for all others.
    ///
    /// There is one form: whoever asks for another type than the first had it made anew each time.
    public func encoded<Encoded: AnyObject & Sendable>(_ encode: (Content) -> Encoded) -> Encoded {
        encoding.withLock { known in
            if let known = known as? Encoded { return known }
            let made = encode(content)
            known = made
            return made
        }
    }
}
