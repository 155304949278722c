import Chat
import ServiceKit

// What stands in answers and in frames alike.

extension Message {
    var members: [(String, JSONText)] {
        [
            ("seq", .integer(seq)), ("id", .string(id)), ("from", .string(from.text)), ("text", .string(text)),
            ("at", .moment(at)),
        ]
    }
}

extension Receipt {
    var members: [(String, JSONText)] {
        [("user", .string(user.text)), ("received", .integer(received)), ("read", .integer(read))]
    }
}

extension Presence {
    var members: [(String, JSONText)] {
        [
            ("user", .string(user.text)), ("online", .bool(isOnline)), ("lastSeenAt", lastSeenAt.map { .moment($0) } ?? .null),
            ("connections", .integer(connections)),
        ]
    }
}

extension Group {
    var json: JSONText {
        .object([
            ("id", .string(id.text)), ("members", .array(members.map { .string($0.text) })), ("owner", .string(owner.text)),
        ])
    }
}

extension ConversationSummary {
    var json: JSONText {
        .object([
            ("id", .string(id.text)), ("with", with.map { .string($0.text) } ?? .null),
            ("group", group.map { .string($0.text) } ?? .null), ("lastSeq", .integer(lastSeq)), ("unread", .integer(unread)),
        ])
    }
}

extension JSONText {
    /// - Parameter milliseconds: since 1970.
    static func moment(_ milliseconds: Int) -> JSONText {
        .string(Timestamp.text(milliseconds: milliseconds))
    }
}
