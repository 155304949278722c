import Redis
import TestSupport
import Testing

@testable import Chat

/// What conversations must be, by brute force.
private struct Oracle {
    struct Conversation {
        var messages: [(from: UserName, id: String, text: String, at: Int)] = []
        /// By user; of a pair both always.
        var members: [UserName: (received: Int, read: Int)]
        var owner: UserName?
    }
    var conversations: [ConversationID: Conversation] = [:]

    /// The number of a message, of the first with this id within a day and a bit.
    mutating func send(_ id: String, _ text: String, from user: UserName, in conversation: ConversationID, at: Int) -> Int {
        guard var known = conversations[conversation] else { return 0 }
        let today = LogDay(of: at)
        if let first = known.messages.lastIndex(where: {
            $0.from == user && $0.id == id && LogDay(of: $0.at).number >= today.number - 1
        }) {
            return first + 1
        }
        let last = known.messages.count
        known.messages.append((user, id, text, at))
        if known.members[user]?.received == last { known.members[user]?.received = last + 1 }
        if known.members[user]?.read == last { known.members[user]?.read = last + 1 }
        conversations[conversation] = known
        return last + 1
    }

    mutating func advance(_ user: UserName, in conversation: ConversationID, received: Int, read: Int) -> (Int, Int) {
        guard var known = conversations[conversation], var cursors = known.members[user] else { return (0, 0) }
        cursors.read = max(cursors.read, min(read, known.messages.count))
        cursors.received = max(cursors.received, cursors.read, min(received, known.messages.count))
        known.members[user] = cursors
        conversations[conversation] = known
        return cursors
    }
}

@Suite("Every answer is what brute force says")
struct OracleTests {
    private let users = (0..<6).map { UserName("user\($0)") }
    private let groups: [GroupID] = ["g1", "g2"]

    @Test("Messages, repetitions, members who come and go, thresholds crossed, cursors, days that pass", arguments: 0..<4)
    func answers(run: Int) async throws {
        let clock = TestClock()
        let thresholds = [2, 3, 100]
        try await withStores(of: 3, clock: clock, configure: { $1.fanoutThreshold = thresholds[$0] }) { stores in
            var random = SeededGenerator()
            var oracle = Oracle()
            for group in groups {
                try await stores.store.createGroup(group, members: Array(users[1..<3]), owner: users[0])
                oracle.conversations[.group(group)] = Oracle.Conversation(
                    members: Dictionary(uniqueKeysWithValues: users[..<3].map { ($0, (0, 0)) }), owner: users[0])
            }
            for _ in 0..<500 {
                try await step(stores, &oracle, &random, clock)
                if Int.random(in: 0..<12, using: &random) == 0 { try await check(stores, oracle, &random) }
            }
            try await check(stores, oracle, &random)
        }
    }

    private func step(
        _ stores: Stores, _ oracle: inout Oracle, _ random: inout SeededGenerator, _ clock: TestClock
    ) async throws {
        let store = stores[Int.random(in: 0..<3, using: &random)]
        let (user, other, group) = (random.pick(users), random.pick(users), random.pick(groups))
        let conversation = ConversationID.group(group)
        let members = oracle.conversations[conversation]?.members ?? [:]
        let owner = oracle.conversations[conversation]?.owner ?? users[0]
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<11:
            let recipient = Bool.random(using: &random) ? Recipient.group(group) : .user(other)
            let id = recipient.conversation(from: user)
            if case .user(let other) = recipient, oracle.conversations[id] == nil {
                oracle.conversations[id] = Oracle.Conversation(members: [user: (0, 0)].merging([other: (0, 0)]) { $1 })
            }
            let message = NewMessage(id: "\(Int.random(in: 0..<40, using: &random))", to: recipient, text: "\(random.next())")
            guard oracle.conversations[id]?.members[user] != nil else {
                await #expect(throws: ChatError.self, "\(random)") { try await store.append(message, from: user) }
                return
            }
            let sent = try await store.append(message, from: user)
            let seq = oracle.send(message.id, message.text, from: user, in: id, at: clock.now)
            try #require(sent.seq == seq, "\(random)")
        case 11..<13:
            guard let id = oracle.conversations.keys.randomElement(using: &random) else { return }
            let (received, read) = (Int.random(in: 0...60, using: &random), Int.random(in: 0...60, using: &random))
            guard oracle.conversations[id]?.members[user] != nil else { return }
            let receipt = try await store.advance(user, in: id, received: received, read: read)
            let expected = oracle.advance(user, in: id, received: received, read: read)
            try #require((receipt.received, receipt.read) == expected, "\(random)")
        case 13..<15:
            try await store.addMember(other, to: group, by: owner)
            let last = oracle.conversations[conversation]?.messages.count ?? 0
            if members[other] == nil { oracle.conversations[conversation]?.members[other] = (last, last) }
        case 15..<17 where other != owner:
            try await store.removeMember(other, from: group, by: owner)
            oracle.conversations[conversation]?.members[other] = nil
        case 17: clock.advance(by: Int.random(in: 0...(20 * 3_600_000), using: &random))
        case 18:
            // A device that has received everything says so.
            let unreceived = try await store.unreceived(of: user)
            for found in unreceived.conversations {
                try await store.advance(user, in: found.id, received: found.position.seq, read: nil)
                _ = oracle.advance(user, in: found.id, received: found.position.seq, read: 0)
            }
            try await store.noteReceived(by: user, through: unreceived.moment)
        default: try await stores.run("SCRIPT", "FLUSH")
        }
    }

    private func check(_ stores: Stores, _ oracle: Oracle, _ random: inout SeededGenerator) async throws {
        let store = stores[Int.random(in: 0..<3, using: &random)]
        let user = random.pick(users)
        let own = oracle.conversations.filter { $0.value.members[user] != nil }
        let unreceived = try await store.unreceived(of: user).conversations
        let expected = own.filter { $0.value.messages.count > $0.value.members[user]?.received ?? 0 }
        #expect(Set(unreceived.map(\.id)) == Set(expected.keys), "\(random), \(user)")
        for found in unreceived {
            #expect(
                found.received == own[found.id]?.members[user]?.received && found.position.seq == own[found.id]?.messages.count)
        }
        let list = try await all(store, of: user)
        #expect(Set(list.map(\.id)) == Set(own.keys), "\(random)")
        for summary in list {
            let known = own[summary.id]
            #expect(summary.lastSeq == known?.messages.count)
            #expect(summary.unread == (known?.messages.count ?? 0) - (known?.members[user]?.read ?? 0))
        }
        for (id, conversation) in oracle.conversations {
            guard conversation.members[user] != nil else {
                await #expect(throws: ChatError.self) { try await store.messages(of: id, for: user) }
                continue
            }
            let after = Int.random(in: 0...max(1, conversation.messages.count), using: &random)
            let limit = random.pick([1, 2, 5, 200])
            let messages = try await store.allMessages(of: id, for: user, after: after, limit: limit)
            let rest = conversation.messages.enumerated().dropFirst(after)
            #expect(messages.map(\.seq) == rest.map { $0.offset + 1 }, "\(random)")
            #expect(messages.map(\.text) == rest.map(\.element.text))
            #expect(messages.map(\.at) == rest.map(\.element.at))
            let receipts = try await store.receipts(of: id, for: user)
            #expect(receipts.map(\.user) == conversation.members.keys.sortedByBytes())
            #expect(receipts.allSatisfy { ($0.received, $0.read) == conversation.members[$0.user] ?? (-1, -1) })
        }
    }

    private func all(_ store: ConversationStore, of user: UserName) async throws -> [ConversationSummary] {
        var (found, cursor): ([ConversationSummary], String?) = ([], nil)
        repeat {
            let list = try await store.conversations(of: user, after: cursor, limit: 2)
            found += list.conversations
            cursor = list.nextCursor
        } while cursor != nil
        return found
    }
}
