import Redis

extension ConversationStore {
    /// Creates a group. The owner is a member, named or not.
    ///
    /// Repeated by the same owner with the same members it answers the same, as long as nothing else has changed them.
    /// - Throws: ``ChatError/groupExists``, ``ChatError/invalidMembers``, ``ChatError/tooManyMembers``.
    @discardableResult
    public func createGroup(_ id: GroupID, members: [UserName], owner: UserName) async throws(ChatError) -> Group {
        guard Set(members).count == members.count else { throw .invalidMembers }
        let group = Group(id: id, owner: owner, members: Set(members + [owner]).sortedByBytes())
        guard group.members.count <= configuration.maximumGroupMembers else { throw .tooManyMembers }
        if let existing = try await stored(id) { return try await repeating(group, existing) }
        let mode = configuration.mode(members: group.members.count, now: .write)
        for _ in 0..<Self.tries {
            let now = try await refreshClock()
            try await enlist(group.members, in: id, at: now)
            let conversation = ConversationID.group(id)
            let arguments: [any RedisArgument] = [
                clock.forScripts, now, owner.text, Epoch.id(), mode.rawValue, Epoch.id(), floors[conversation]?.seq ?? 0,
            ]
            let reply = try await replies(to: [
                ChatScripts.createGroup.call(
                    keys: [
                        ChatKeys.state(of: conversation), ChatKeys.members(of: conversation), ChatKeys.cursors(of: conversation),
                    ],
                    arguments: arguments + group.members.map(\.text) as [any RedisArgument], isIdempotent: true)
            ])[0]
            if reply == .integer(-1) { continue }
            // 0 may also be the answer to a call that was sent again.
            guard let existing = try await stored(id) else { throw .notFound }
            return try await repeating(group, existing)
        }
        throw .contended
    }

    /// A group, for one of its members.
    /// - Throws: ``ChatError/notFound``, ``ChatError/notMember``.
    public func group(_ id: GroupID, for user: UserName) async throws(ChatError) -> Group {
        guard let group = try await stored(id) else { throw .notFound }
        guard group.members.contains(user) else { throw .notMember }
        return group
    }

    private func repeating(_ group: Group, _ existing: Group) async throws(ChatError) -> Group {
        guard existing == group else { throw .groupExists }
        // Also for a repetition: the first may have come to nothing behind this.
        try await welcome(group)
        return group
    }

    private func stored(_ id: GroupID) async throws(ChatError) -> Group? {
        let conversation = ConversationID.group(id)
        let replies = try await replies(to: [
            ConversationRecord.reading(conversation),
            RedisCommand("HKEYS", ChatKeys.members(of: conversation), isIdempotent: true),
        ])
        guard let record = try ConversationRecord.decode(replies[0], of: conversation) else { return nil }
        guard let group = record.group else { throw .unreadableRecord }
        return Group(
            id: id, owner: group.owner, members: try decode(replies[1], as: [String].self).map { UserName($0) }.sortedByBytes())
    }

    /// Writes into users' own lists that they are in a group, before they are: a list that says too much does no harm.
    /// - Parameter now: milliseconds since 1970. The scripts that make it true refuse when it is long ago.
    func enlist(_ users: [UserName], in group: GroupID, at now: Int) async throws(ChatError) {
        let entry = GroupEntry(mode: .read, at: now)
        let commands = users.flatMap { user in
            [
                RedisCommand("HSET", ChatKeys.groups(of: user), group.text, entry.encoded, isIdempotent: true),
                RedisCommand(
                    "ZADD", ChatKeys.conversations(of: user), "GT", now, ConversationID.group(group).text,
                    isIdempotent: true),
            ]
        }
        for start in stride(from: 0, to: commands.count, by: 1000) {
            let part = Array(commands[start..<min(start + 1000, commands.count)])
            for reply in await redis.pipeline(part, deadline: configuration.longDeadline) {
                // Where something else lies in place of a user's list his own reading says so.
                if case .failure(let error) = reply, error.reply?.kind != "WRONGTYPE" { throw ChatError(error) }
            }
        }
    }

    /// Tells the servers of the members that are connected, if nobody has.
    func welcome(_ id: GroupID) async throws(ChatError) {
        if let group = try await stored(id) { try await welcome(group) }
    }

    private func welcome(_ group: Group) async throws(ChatError) {
        let conversation = ConversationID.group(group.id)
        let calls = group.members.map { member in
            ChatScripts.welcomeMember.call(
                keys: [
                    ChatKeys.members(of: conversation), ChatKeys.servers(of: conversation), ChatKeys.connections(of: member),
                    ChatKeys.state(of: conversation), ChatKeys.cursors(of: conversation),
                ], conversation.text, member.text, member.encoded, isIdempotent: true)
        }
        for reply in await repliesAsTheyAre(to: calls) { _ = try readable(reply) }
        _ = try await send(RedisCommand("HDEL", ChatKeys.state(of: conversation), "unwelcomed", isIdempotent: true))
    }
}
