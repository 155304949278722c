import Redis

/// How a user stands in a conversation.
enum Standing: Sendable, Hashable {
    case member(ConversationStanding)
    /// He is none, or there is no such conversation.
    case stranger
    case unreadable

    var own: ConversationStanding? {
        if case .member(let standing) = self { standing } else { nil }
    }
}

/// How a member stands in a conversation.
struct ConversationStanding: Sendable, Hashable {
    let id: ConversationID
    let record: ConversationRecord
    let received: Int
    let read: Int

    func summary(for user: UserName) -> ConversationSummary {
        let other: UserName? =
            switch record.audience {
            case .pair(let one, let other): one == user ? other : one
            case .group: nil
            }
        let last = record.position.seq
        return ConversationSummary(
            id: id, with: other, group: id.group, lastSeq: last, unread: max(0, last - read))
    }
}

extension ConversationStore {
    /// How a user stands in each of some conversations.
    func standings(
        of user: UserName, in conversations: [ConversationID]
    ) async throws(ChatError) -> [Standing] {
        let replies = await repliesAsTheyAre(
            to: conversations.flatMap { conversation in
                [
                    ConversationRecord.reading(conversation),
                    RedisCommand(
                        "HMGET", ChatKeys.cursors(of: conversation), "received:\(user.text)", "read:\(user.text)",
                        isIdempotent: true),
                    RedisCommand("HEXISTS", ChatKeys.members(of: conversation), user.text, isIdempotent: true),
                ]
            })
        var standings: [Standing] = []
        for (index, id) in conversations.enumerated() {
            do throws(ChatError) {
                standings.append(try standing(of: user, in: id, Array(replies[(3 * index)..<(3 * index + 3)])))
            } catch {
                guard case .unreadableRecord = error else { throw error }
                metrics.noteUnreadable()
                standings.append(.unreadable)
            }
        }
        return standings
    }

    private func standing(
        of user: UserName, in id: ConversationID, _ replies: [Result<RedisValue, ChatError>]
    ) throws(ChatError) -> Standing {
        guard let record = try ConversationRecord.decode(try replies[0].get(), of: id) else { return .stranger }
        let isMember = id.group == nil ? !record.audience.excludes(user) : try replies[2].get() == .integer(1)
        guard isMember else { return .stranger }
        let cursors: [String?] = try decode(try replies[1].get())
        guard cursors.count == 2 else { throw .unreadableRecord }
        return .member(
            ConversationStanding(id: id, record: record, received: Self.cursor(cursors[0]), read: Self.cursor(cursors[1])))
    }
}
