import Redis

extension ConversationStore {
    /// The groups of a user who is connected to a server, which from now on hears what is sent to them.
    func enter(_ user: UserName, server: String) async throws(ChatError) -> [GroupID] {
        let entries: [String: String] = try decode(
            try await send(RedisCommand("HGETALL", ChatKeys.groups(of: user), isIdempotent: true)))
        let groups = entries.keys.compactMap { GroupID($0) }
        let replies = try await replies(
            to: groups.map { group in
                let conversation = ConversationID.group(group)
                return ChatScripts.enrollServer.call(
                    keys: [ChatKeys.members(of: conversation), ChatKeys.servers(of: conversation)], user.text, server,
                    isIdempotent: true)
            })
        return zip(groups, replies).filter { $0.1 == .integer(1) }.map(\.0)
    }

    /// Lets a server hear what is sent to groups.
    func enroll(server: String, in groups: [GroupID]) async throws(ChatError) {
        _ = try await replies(
            to: groups.map { RedisCommand("SADD", ChatKeys.servers(of: .group($0)), server, isIdempotent: true) })
    }

    /// Lets a server hear no more what is sent to groups.
    func withdraw(server: String, from groups: [GroupID]) async throws(ChatError) {
        _ = try await replies(
            to: groups.map { RedisCommand("SREM", ChatKeys.servers(of: .group($0)), server, isIdempotent: true) })
    }
}
