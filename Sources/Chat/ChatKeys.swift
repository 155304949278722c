/// The names under which things lie in Redis. What belongs to one conversation, or to one user, lies in one slot of a cluster.
enum ChatKeys {
    static func state(of conversation: ConversationID) -> String { "chat:{\(conversation.text)}:state" }
    static func days(of conversation: ConversationID) -> String { "chat:{\(conversation.text)}:days" }
    static func log(of conversation: ConversationID, day: String) -> String { "chat:{\(conversation.text)}:log:\(day)" }
    static func sent(in conversation: ConversationID, day: String) -> String { "chat:{\(conversation.text)}:sent:\(day)" }
    static func cursors(of conversation: ConversationID) -> String { "chat:{\(conversation.text)}:cursors" }
    static func members(of conversation: ConversationID) -> String { "chat:{\(conversation.text)}:members" }
    static func servers(of conversation: ConversationID) -> String { "chat:{\(conversation.text)}:servers" }

    static func conversations(of user: UserName) -> String { "chat:{\(user.encoded)}:conversations" }
    static func groups(of user: UserName) -> String { "chat:{\(user.encoded)}:groups" }
    static func receivedThrough(by user: UserName) -> String { "chat:{\(user.encoded)}:received-through" }
    static func connections(of user: UserName) -> String { "chat:{\(user.encoded)}:connections" }

    static func channel(of server: String) -> String { "chat:server:\(server)" }
    /// The number of the last event that was published to a server.
    static func events(of server: String) -> String { "chat:server:{\(server)}:events" }
}
