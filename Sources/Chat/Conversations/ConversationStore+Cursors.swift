import Redis

extension ConversationStore {
    /// Moves a user's cursors in a conversation: forward only, and never beyond its last message.
    /// - Parameters:
    ///   - received: everything up to this number; nil: as before.
    ///   - read: the same. What is read has been received.
    ///   - epoch: in which the user was given these numbers. When it is over, they count as far as they still mean the same.
    ///   - origin: the connection that says so, which is not told of it.
    /// - Returns: the cursors now.
    /// - Throws: ``ChatError/notMember``, ``ChatError/notFound`` for groups.
    @discardableResult
    public func advance(
        _ user: UserName, in conversation: ConversationID, received: Int?, read: Int?, epoch: Epoch? = nil,
        origin: String? = nil
    ) async throws(ChatError) -> Receipt {
        guard (received ?? 0) >= 0, (read ?? 0) >= 0 else { throw .invalidSequence }
        let audience = try await audience(of: conversation, for: user)
        let members = conversation.group == nil ? [] : [ChatKeys.members(of: conversation)]
        // Beyond this numbers are not exact in a script.
        func exact(_ number: Int?) -> Int { min(number ?? 0, 1 << 50) }
        let reply = try ScriptReply(
            try await send(
                ChatScripts.advanceCursor.call(
                    keys: [ChatKeys.state(of: conversation), ChatKeys.cursors(of: conversation)] + members
                        + routing(of: conversation, audience),
                    conversation.text, audience.encoded, user.text, user.encoded, exact(received), exact(read), epoch?.text ?? "",
                    configuration.maximumReceiptMembers, origin ?? "-", isIdempotent: true)))
        switch reply.status {
        case "ok": return Receipt(user: user, received: try reply.value(1), read: try reply.value(2))
        case "missing":
            // A pair that Redis has lost: nothing is there to be received.
            guard conversation.group == nil else { throw .notFound }
            return Receipt(user: user, received: 0, read: 0)
        case "member": throw .notMember
        default: throw .unreadableRecord
        }
    }

    /// What each member of a conversation has received and read, in the order of their names' bytes.
    /// - Throws: ``ChatError/notMember``, ``ChatError/notFound`` for groups.
    public func receipts(of conversation: ConversationID, for user: UserName) async throws(ChatError) -> [Receipt] {
        let replies = try await replies(to: [
            ConversationRecord.reading(conversation),
            RedisCommand("HGETALL", ChatKeys.cursors(of: conversation), isIdempotent: true),
            RedisCommand("HKEYS", ChatKeys.members(of: conversation), isIdempotent: true),
        ])
        guard let record = try ConversationRecord.decode(replies[0], of: conversation) else {
            throw conversation.group == nil ? .notMember : .notFound
        }
        let cursors: [String: String] = try decode(replies[1])
        let users: [UserName]
        switch record.audience {
        case .pair(let one, let other): users = one == other ? [one] : [one, other]
        case .group: users = try decode(replies[2], as: [String].self).map { UserName($0) }.sortedByBytes()
        }
        guard users.contains(user) else { throw .notMember }
        return users.map { user in
            Receipt(
                user: user, received: Self.cursor(cursors["received:\(user.text)"]),
                read: Self.cursor(cursors["read:\(user.text)"]))
        }
    }

    /// What is no number counts as none: messages then come again.
    static func cursor(_ text: String?) -> Int { text.flatMap { Int($0) } ?? 0 }
}
