/// What a client sends.
public enum ClientMessage: Sendable, Hashable {
    case send(NewMessage)
    /// Everything up to this number has arrived.
    case received(ConversationID, through: Int)
    /// Everything up to this number was read.
    case read(ConversationID, through: Int)
    /// Messages after a number are wanted; 1 to ``MessagePage/maximumLimit`` of them.
    case sync(ConversationID, after: Int, limit: Int)
    case typing(Recipient)
    /// The presence of these users is wanted, now and whenever it changes.
    case watch([UserName])

    /// The client's name for it, where it has one.
    var id: String? {
        if case .send(let message) = self { message.id } else { nil }
    }
}
