import Foundation
import TestSupport
import Testing

extension RunningService {
    /// Sends a request of a user.
    func ask(
        _ method: String, _ target: String, as name: String, _ json: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPReply {
        try await request(method, target, headers: [("X-User-ID", name)] + headers, body: json)
    }

    /// - Throws: `UnexpectedReply` when it is no 200.
    func get<Body: Decodable>(_ target: String, as name: String, _ type: Body.Type = Body.self) async throws -> Body {
        let reply = try await ask("GET", target, as: name)
        guard reply.status == 200 else { throw UnexpectedReply(reply) }
        return try reply.json()
    }

    // MARK: Conversations

    /// All of a user's conversations.
    func conversations(of name: String, limit: Int = 100) async throws -> [ConversationsBody.Conversation] {
        var conversations: [ConversationsBody.Conversation] = []
        var cursor: String?
        repeat {
            let place = cursor.map { "&cursor=\(segment($0))" } ?? ""
            let part: ConversationsBody = try await get("/v1/conversations?limit=\(limit)\(place)", as: name)
            conversations += part.conversations
            cursor = part.nextCursor
        } while cursor != nil
        return conversations
    }

    /// All messages of a conversation.
    func history(
        of conversation: String, as name: String, after first: Int = 0, limit: Int = 200
    ) async throws -> [MessagesBody.Message] {
        var messages: [MessagesBody.Message] = []
        while true {
            let after = messages.last?.seq ?? first
            let target = "/v1/conversations/\(segment(conversation))/messages?after=\(after)&limit=\(limit)"
            let part = try await get(target, as: name, MessagesBody.self).messages
            guard !part.isEmpty else { return messages }
            messages += part
        }
    }

    func receipts(of conversation: String, as name: String) async throws -> [ReceiptsBody.Receipt] {
        try await get("/v1/conversations/\(segment(conversation))/receipts", as: name, ReceiptsBody.self).receipts
    }

    func presence(of names: String..., askedBy name: String = "somebody") async throws -> [PresenceBody.Presence] {
        let users = names.map(segment).joined(separator: ",")
        return try await get("/v1/presence?users=\(users)", as: name, PresenceBody.self).presence
    }

    // MARK: Groups

    @discardableResult
    func createGroup(
        _ id: String, _ members: [String], owner: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> GroupBody {
        let body = String(decoding: try JSONEncoder().encode(NewGroup(id: id, members: members)), as: UTF8.self)
        let reply = try await ask("POST", "/v1/groups", as: owner, body)
        try #require(reply.status == 201, "\(reply)", sourceLocation: sourceLocation)
        return try reply.json()
    }

    func add(
        _ member: String, to group: String, by owner: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await change("PUT", member, group, owner, sourceLocation)
    }

    func remove(
        _ member: String, from group: String, by remover: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await change("DELETE", member, group, remover, sourceLocation)
    }

    private func change(
        _ method: String, _ member: String, _ group: String, _ user: String, _ sourceLocation: SourceLocation
    ) async throws {
        let reply = try await ask(method, "/v1/groups/\(group)/members/\(segment(member))", as: user)
        try #require(reply.status == 204 && reply.body.isEmpty, "\(reply)", sourceLocation: sourceLocation)
    }
}

private struct NewGroup: Encodable {
    var id: String
    var members: [String]
}
