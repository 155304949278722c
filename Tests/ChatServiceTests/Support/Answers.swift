struct GroupBody: Decodable, Equatable {
    var id: String
    var members: [String]
    var owner: String
}

struct ConversationsBody: Decodable {
    struct Conversation: Decodable, Equatable {
        var id: String
        var with: String?
        var group: String?
        var lastSeq: Int
        var unread: Int
    }

    var conversations: [Conversation]
    var nextCursor: String?
}

struct MessagesBody: Decodable {
    struct Message: Decodable, Hashable {
        var seq: Int
        var id: String
        var from: String
        var text: String
        var at: String
    }

    var messages: [Message]
}

struct ReceiptsBody: Decodable {
    struct Receipt: Decodable, Equatable {
        var user: String
        var received: Int
        var read: Int
    }

    var receipts: [Receipt]
}

struct PresenceBody: Decodable {
    struct Presence: Decodable, Equatable {
        var user: String
        var online: Bool
        var lastSeenAt: String?
        var connections: Int
    }

    var presence: [Presence]
}

extension String {
    /// RFC 3339 in UTC with milliseconds.
    var isTime: Bool { wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil }
}
