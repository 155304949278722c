import Chat
import ServiceKit

/// What a client is told in one message: a JSON object with a `type`.
struct ServerFrame {
    let json: JSONText

    var text: String { json.text }

    /// - Parameter maximumMessageBytes: the longest text of a message, which clients learn when they are welcomed.
    init(_ content: ChatEvent.Content, maximumMessageBytes: Int) {
        switch content {
        case .welcome(let user, let connection, let server):
            self.init(
                "welcome",
                [
                    ("user", .string(user.text)), ("connection", .string(connection.text)), ("server", .string(server)),
                    ("maxMessageBytes", .integer(maximumMessageBytes)),
                ])
        case .sent(let sent):
            self.init(
                "sent",
                [
                    ("id", .string(sent.id)), ("conversation", .string(sent.conversation.text)), ("seq", .integer(sent.seq)),
                    ("at", .moment(sent.at)), ("epoch", .string(sent.epoch.text)),
                ])
        case .message(let conversation, let epoch, let message):
            self.init(
                "message",
                [("conversation", .string(conversation.text))] + message.members + [("epoch", .string(epoch.text))])
        case .receipt(let conversation, let receipt):
            self.init("receipt", [("conversation", .string(conversation.text))] + receipt.members)
        case .typing(let conversation, let user):
            self.init("typing", [("from", .string(user.text)), ("conversation", .string(conversation.text))])
        case .presence(let presence): self.init("presence", presence.members)
        case .synced(let conversation, let epoch, let through):
            self.init(
                "synced",
                [
                    ("conversation", .string(conversation.text)), ("through", .integer(through)), ("epoch", .string(epoch.text)),
                ])
        case .failed(let error, let id): self.init(FrameError(error, id: id))
        }
    }

    init(_ error: FrameError) {
        var members: [(String, JSONText)] = [("code", .string(error.code)), ("detail", .string(error.detail))]
        if let id = error.id { members.append(("id", .string(id))) }
        if let delay = error.retryAfterMs { members.append(("retryAfterMs", .integer(delay))) }
        self.init("error", members)
    }

    private init(_ type: String, _ members: [(String, JSONText)]) {
        json = .object([("type", .string(type))] + members)
    }
}
