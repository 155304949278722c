import Redis

/// A conversation of which a user may not have received everything.
package struct UnreceivedConversation: Sendable, Hashable {
    package let id: ConversationID
    let audience: Audience
    package let position: ConversationPosition
    /// Up to this number the user has received everything.
    package let received: Int
}

/// What a user has not received.
package struct Unreceived: Sendable, Hashable {
    /// Milliseconds since 1970 by Redis' clock: whatever was noted before it was looked at.
    package let moment: Int
    package let conversations: [UnreceivedConversation]
}

extension ConversationStore {
    /// Notes that are late by the clock of whoever wrote them are found.
    private static let overlap = 60_000

    /// The conversations of which a user has not received everything.
    /// - Parameter since: milliseconds since 1970: of conversations noted earlier everything has been received; nil: as
    ///   ``noteReceived(by:through:)`` has said last.
    package func unreceived(of user: UserName, since: Int? = nil) async throws(ChatError) -> Unreceived {
        let noted = try await noted(of: user, since: since)
        return Unreceived(moment: noted.moment, conversations: noted.conversations.filter { $0.position.seq > $0.received })
    }

    /// The same with those of which the user has received everything, on whatever device.
    func noted(of user: UserName, since: Int? = nil) async throws(ChatError) -> Unreceived {
        let replies = try await replies(to: [
            RedisCommand("TIME", isIdempotent: true),
            RedisCommand("GET", ChatKeys.receivedThrough(by: user), isIdempotent: true),
            RedisCommand("HGETALL", ChatKeys.groups(of: user), isIdempotent: true),
        ])
        let moment = try moment(replies[0])
        // Another node's clock may be behind that of the one before it.
        let receivedThrough = min(Self.cursor(try decode(replies[1], as: String?.self)), moment)
        let entries = try decode(replies[2], as: [String: String].self)
        let noted: [String] = try decode(
            try await send(
                RedisCommand(
                    "ZRANGEBYSCORE", ChatKeys.conversations(of: user), (since ?? receivedThrough) - Self.overlap, "+inf",
                    isIdempotent: true)))
        let logged = entries.filter { GroupEntry(decoding: $0.value)?.mode != .write }.keys.compactMap { GroupID($0) }
        var conversations = noted.compactMap { ConversationID($0) }
        let known = Set(conversations)
        conversations += logged.map { .group($0) }.filter { !known.contains($0) }
        let standings = try await verifiedStandings(of: user, in: conversations)
        var found: [UnreceivedConversation] = []
        for (id, standing) in zip(conversations, standings) {
            if let group = id.group { try await tidy(group, entries[group.text], of: user, standing, now: moment) }
            guard let standing = standing.own else { continue }
            found.append(
                UnreceivedConversation(
                    id: id, audience: standing.record.audience, position: standing.record.position,
                    received: standing.received))
        }
        return Unreceived(moment: moment, conversations: found)
    }

    /// Notes that a user has received whatever was there at a moment: ``Unreceived/moment``, of what he has acknowledged completely.
    package func noteReceived(by user: UserName, through moment: Int) async throws(ChatError) {
        _ = try await send(RedisCommand("SET", ChatKeys.receivedThrough(by: user), moment, isIdempotent: true))
    }

    private func moment(_ reply: RedisValue) throws(ChatError) -> Int {
        let parts: [Int] = try decode(reply)
        guard parts.count == 2 else { throw .unreadableRecord }
        if !clock.isExplicit { clock.note(parts[0] * 1000 + parts[1] / 1000) }
        return clock.now ?? 0
    }

    /// What this server has seen more of than is stored has been lost, and is declared so first.
    private func verifiedStandings(
        of user: UserName, in conversations: [ConversationID]
    ) async throws(ChatError) -> [Standing] {
        let seen = conversations.map { floors[$0]?.seq ?? 0 }
        let standings = try await standings(of: user, in: conversations)
        let lost = zip(standings, seen).compactMap { standing, seen in
            standing.own.flatMap { $0.record.position.seq < seen ? $0.id : nil }
        }
        if lost.isEmpty { return standings }
        try await verify(lost)
        return try await self.standings(of: user, in: conversations)
    }
}
