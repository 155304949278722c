import Redis

/// What is stored of a conversation, but for its messages.
struct ConversationRecord: Sendable, Hashable {
    let position: ConversationPosition
    let audience: Audience
    let group: Group?

    struct Group: Sendable, Hashable {
        let owner: UserName
        /// Another one whenever the members or the mode change.
        let version: String
        let mode: GroupMode
        let count: Int
    }

    static func reading(_ conversation: ConversationID) -> RedisCommand {
        RedisCommand(
            "HMGET", ChatKeys.state(of: conversation), "kind", "seq", "epoch", "a", "b", "owner", "version", "mode", "count",
            isIdempotent: true)
    }

    /// - Returns: nil when there is no such conversation.
    /// - Throws: ``ChatError/unreadableRecord``.
    static func decode(_ reply: RedisValue, of conversation: ConversationID) throws(ChatError) -> ConversationRecord? {
        let fields: [String?]
        do { fields = try reply.decode() } catch { throw ChatError(error) }
        guard fields.count == 9 else { throw .unreadableRecord }
        guard let kind = fields[0] else { return nil }
        guard let seq = fields[1].flatMap({ Int($0) }), seq >= 0, let epoch = fields[2] else { throw .unreadableRecord }
        let position = ConversationPosition(epoch: Epoch(epoch), seq: seq)
        func name(_ text: String?) throws(ChatError) -> UserName {
            guard let text else { throw .unreadableRecord }
            return try UserName(validating: text)
        }
        if let group = conversation.group {
            guard kind == "group", let version = fields[6], let mode = fields[7].flatMap({ GroupMode(rawValue: $0) }),
                let count = fields[8].flatMap({ Int($0) })
            else { throw .unreadableRecord }
            return ConversationRecord(
                position: position, audience: .group(group),
                group: Group(
                    owner: try name(fields[5]), version: version, mode: mode, count: count))
        }
        guard kind == "pair" else { throw .unreadableRecord }
        return ConversationRecord(position: position, audience: .pair(try name(fields[3]), try name(fields[4])), group: nil)
    }
}
