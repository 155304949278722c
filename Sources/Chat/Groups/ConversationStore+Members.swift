import Redis

extension ConversationStore {
    /// Adds a member to a group. Messages from now on are the first that come to him; earlier ones he may read.
    ///
    /// Repeating it changes nothing.
    /// - Parameter owner: who adds.
    /// - Throws: ``ChatError/notOwner``, ``ChatError/notMember`` when whoever adds is none, ``ChatError/notFound``,
    ///   ``ChatError/tooManyMembers``. After ``ChatError/redis(_:)`` he may be a member.
    public func addMember(_ member: UserName, to group: GroupID, by owner: UserName) async throws(ChatError) {
        let conversation = ConversationID.group(group)
        for _ in 0..<Self.tries {
            guard let record = try await record(of: conversation)?.group else { throw .notFound }
            guard record.owner == owner else { throw try await refusal(of: owner, in: conversation) }
            let now = try await refreshClock()
            try await enlist([member], in: group, at: now)
            let reply = try ScriptReply(
                try await send(
                    ChatScripts.addMember.call(
                        keys: changing(conversation, member), clock.forScripts, now, conversation.text,
                        member.text, member.encoded, owner.text, Epoch.id(), configuration.maximumGroupMembers,
                        isIdempotent: true)))
            switch reply.status {
            case "ok": return await adapt(group, members: try reply.value(1), mode: try reply.value(2))
            case "clock": continue
            case "full": throw .tooManyMembers
            default: throw Self.refusal(reply)
            }
        }
        throw .contended
    }

    /// Removes a member from a group: at once he can neither read nor write there. Repeating it changes nothing.
    ///
    /// When the owner leaves, whoever has been a member longest is the owner.
    /// - Parameter remover: the owner, or the member himself.
    /// - Throws: ``ChatError/notOwner``, ``ChatError/notMember`` when whoever removes is none, ``ChatError/notFound``.
    public func removeMember(_ member: UserName, from group: GroupID, by remover: UserName) async throws(ChatError) {
        let conversation = ConversationID.group(group)
        let entry = try decode(
            try await send(RedisCommand("HGET", ChatKeys.groups(of: member), group.text, isIdempotent: true)), as: String?.self)
        let reply = try ScriptReply(
            try await send(
                ChatScripts.removeMember.call(
                    keys: changing(conversation, member), conversation.text, member.text, member.encoded, remover.text,
                    Epoch.id(), isIdempotent: true)))
        guard reply.status == "ok" else { throw Self.refusal(reply) }
        await adapt(group, members: try reply.value(1), mode: try reply.value(2))
        // Only tidiness: his own readings ask the group.
        if let entry, let now = clock.now { try? await forget(group, entry, of: member, now: now) }
    }

    private func changing(_ conversation: ConversationID, _ user: UserName) -> [String] {
        [
            ChatKeys.state(of: conversation), ChatKeys.members(of: conversation), ChatKeys.cursors(of: conversation),
            ChatKeys.servers(of: conversation), ChatKeys.connections(of: user),
        ]
    }

    private static func refusal(_ reply: ScriptReply) -> ChatError {
        switch reply.status {
        case "missing": .notFound
        case "member": .notMember
        case "owner": .notOwner
        default: .unreadableRecord
        }
    }

    private func refusal(of user: UserName, in conversation: ConversationID) async throws(ChatError) -> ChatError {
        let isMember = try await send(
            RedisCommand("HEXISTS", ChatKeys.members(of: conversation), user.text, isIdempotent: true))
        return isMember == .integer(1) ? .notOwner : .notMember
    }
}
