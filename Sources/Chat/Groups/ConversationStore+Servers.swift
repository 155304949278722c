import Redis

extension ConversationStore {
    /// The groups of a user who is connected to a server, which from now on hears what is sent to them.
    func enter(_ user: UserName, server: String) async throws(ChatError) -> [GroupID] {
        let entries: [String: String] = try decode(
            try await send(RedisCommand("HGETALL", ChatKeys.groups(of: user), isIdempotent: true)))
        let groups = entries.keys.compactMap { GroupID($0) }
        let replies = await repliesAsTheyAre(
            to: groups.map { group in
                let conversation = ConversationID.group(group)
                return ChatScripts.enrollServer.call(
                    keys: [ChatKeys.members(of: conversation), ChatKeys.servers(of: conversation)], user.text, server,
                    isIdempotent: true)
            })
        var entered: [GroupID] = []
        for (group, reply) in zip(groups, replies) {
            if try readable(reply) == .integer(1) { entered.append(group) }
        }
        return entered
    }

    /// Lets a server hear what is sent to groups.
    /// - Returns: those of which it did not.
    @discardableResult
    func enroll(server: String, in groups: [GroupID]) async throws(ChatError) -> [GroupID] {
        let replies = await repliesAsTheyAre(
            to: groups.map { RedisCommand("SADD", ChatKeys.servers(of: .group($0)), server, isIdempotent: true) })
        var missing: [GroupID] = []
        for (group, reply) in zip(groups, replies) {
            if try readable(reply) == .integer(1) { missing.append(group) }
        }
        return missing
    }

    /// How far groups are, as far as there are such and they can be read.
    func positions(of groups: [GroupID]) async throws(ChatError) -> [(group: GroupID, position: ConversationPosition)] {
        let replies = await repliesAsTheyAre(to: groups.map { ConversationRecord.reading(.group($0)) })
        var positions: [(group: GroupID, position: ConversationPosition)] = []
        for (group, reply) in zip(groups, replies) {
            guard let reply = try readable(reply), let record = try? ConversationRecord.decode(reply, of: .group(group)) else {
                continue
            }
            positions.append((group, record.position))
        }
        return positions
    }

    /// Lets a server hear no more what is sent to groups.
    func withdraw(server: String, from groups: [GroupID]) async throws(ChatError) {
        _ = try await replies(
            to: groups.map { RedisCommand("SREM", ChatKeys.servers(of: .group($0)), server, isIdempotent: true) })
    }
}
