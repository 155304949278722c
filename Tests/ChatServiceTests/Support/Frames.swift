import Foundation

/// What the server tells, of any type.
struct ServerFrame: Decodable, Equatable, Sendable {
    var type: String
    var user: String?
    var connection: String?
    var server: String?
    var id: String?
    var conversation: String?
    var seq: Int?
    var from: String?
    var text: String?
    var at: String?
    var received: Int?
    var read: Int?
    var online: Bool?
    var lastSeenAt: String?
    var through: Int?
    var code: String?
    var detail: String?
    var retryAfterMs: Int?
    /// Another one when Redis has lost something of the conversation.
    var epoch: String?
}

/// To whom a message goes.
enum Target: Encodable, Hashable, Sendable {
    case user(String)
    case group(String)

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .user(let name): try ["user": name].encode(to: encoder)
        case .group(let name): try ["group": name].encode(to: encoder)
        }
    }
}

/// What a client sends, of any type; nil: left out.
struct ClientFrame: Encodable {
    var type: String
    var id: String?
    var to: Target?
    var text: String?
    var conversation: String?
    var seq: Int?
    var after: Int?
    var limit: Int?
    var users: [String]?

    static func send(_ id: String, _ text: String, to target: Target) -> ClientFrame {
        ClientFrame(type: "send", id: id, to: target, text: text)
    }

    static func received(_ conversation: String, _ seq: Int) -> ClientFrame {
        ClientFrame(type: "received", conversation: conversation, seq: seq)
    }

    static func read(_ conversation: String, _ seq: Int) -> ClientFrame {
        ClientFrame(type: "read", conversation: conversation, seq: seq)
    }

    static func sync(_ conversation: String, after: Int, limit: Int) -> ClientFrame {
        ClientFrame(type: "sync", conversation: conversation, after: after, limit: limit)
    }

    static func typing(to target: Target) -> ClientFrame { ClientFrame(type: "typing", to: target) }
    static func watch(_ users: [String]) -> ClientFrame { ClientFrame(type: "watch", users: users) }

    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}
