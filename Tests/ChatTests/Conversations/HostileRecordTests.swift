import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("What lies in Redis is not what was written here")
struct HostileRecordTests {
    /// Whatever one can ask; each answers or throws ``ChatError``, and none waits.
    private func ask(_ store: ConversationStore, _ recipient: Recipient) async throws {
        let id = recipient.conversation(from: "ann")
        func attempt(_ step: () async throws -> Void) async throws {
            do { try await step() } catch let error as ChatError {
                if case .redis(let error) = error, error.reply == nil { throw error }
            }
        }
        try await attempt { try await store.send("x", from: "ann", to: recipient) }
        try await attempt { try await store.send("x", id: "known", from: "ann", to: recipient) }
        try await attempt { _ = try await store.allMessages(of: id, for: "ann") }
        try await attempt { _ = try await store.messages(of: id, for: "ben", after: nil) }
        try await attempt { try await store.advance("ben", in: id, received: 2, read: 1, epoch: Epoch("x@y")) }
        try await attempt { _ = try await store.receipts(of: id, for: "ann") }
        try await attempt { _ = try await store.conversations(of: "ben") }
        try await attempt { _ = try await store.unreceived(of: "ben") }
        try await attempt { _ = try await store.enter("ben", server: "s") }
        try await attempt { try await store.verify([id]) }
        guard case .group(let group) = recipient else { return }
        try await attempt { _ = try await store.group(group, for: "ann") }
        try await attempt { try await store.addMember("dan", to: group, by: "ann") }
        try await attempt { try await store.removeMember("dan", from: group, by: "ann") }
        try await attempt { try await store.createGroup(group, members: ["ben"], owner: "ann") }
    }

    private func keys(_ stores: Stores) async throws -> [String] {
        try await stores.run("KEYS", "chat:*").decode(as: [String].self).sorted()
    }

    private func populate(_ stores: Stores) async throws {
        let store = stores.store
        try await stores.run("SET", ChatKeys.events(of: "s"), "1")
        try await stores.run("HSET", ChatKeys.connections(of: "ben"), "c", "s")
        try await store.createGroup("g", members: ["ben"], owner: "ann")
        for recipient in [Recipient.user("ben"), .group("g")] {
            for id in ["known", "other", "third"] { try await store.send("x", id: id, from: "ann", to: recipient) }
            try await store.advance("ben", in: recipient.conversation(from: "ann"), received: 1, read: 1)
        }
        try await store.noteReceived(by: "ben", through: 1)
        _ = try await store.enter("ben", server: "s")
    }

    @Test("Something of another kind in place of each key: a clear error, the rest goes on, and nothing else is harmed")
    func otherKinds() async throws {
        try await withStores { stores in
            try await populate(stores)
            let snapshot = try await Snapshot(of: stores.redis)
            let all = try await keys(stores)
            #expect(all.count > 15)
            for key in all {
                for command in [["SET", key, "x"], ["RPUSH", key, "x"], ["SADD", key, "x"]] {
                    try await snapshot.restore(to: stores.redis)
                    try await stores.run("DEL", key)
                    _ = try await stores.redis.send(RedisCommand(command[0], arguments: Array(command.dropFirst())))
                    for store in [stores.store, stores.fresh()] {
                        for recipient in [Recipient.user("ben"), .group("g")] { try await ask(store, recipient) }
                    }
                    // Others do not notice.
                    let sent = try await stores.store.send("y", from: "eve", to: .user("cid"))
                    #expect(try await stores.messages(of: sent.conversation, for: "cid").last?.text == "y", "\(command)")
                }
            }
        }
    }

    @Test("Random texts in place of what is in the keys, and more of it: an answer or a clear error")
    func randomTexts() async throws {
        try await withStores { stores in
            try await populate(stores)
            let snapshot = try await Snapshot(of: stores.redis)
            let all = try await keys(stores)
            var random = SeededGenerator()
            let texts = [
                "", "x", "-1", "0", "1", "3", "9", "1e300", "99999999999999999999", "nan", "a@1,b@x", "read 1", "group", "pair",
                "\u{0}", "group.g", "user.x", "2026-11-21", "ann",
            ]
            for _ in 0..<400 {
                try await snapshot.restore(to: stores.redis)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let key = random.pick(all)
                    let text = random.pick(texts)
                    switch try await stores.run("TYPE", key) {
                    case .status("hash"):
                        let fields: [String] = try await stores.run("HKEYS", key).decode()
                        try await stores.run("HSET", key, random.pick(fields + texts), text)
                    case .status("zset"):
                        let score = random.pick(["inf", "-inf", "-1", "1.5", "3", "1e18"])
                        let members: [String] = try await stores.run("ZRANGE", key, "0", "-1").decode()
                        try await stores.run("ZADD", key, score, random.pick(members + texts))
                    case .status("stream"):
                        let id = random.pick(["3-1", "9-9", "18446744073709551615-1", "50-0"])
                        _ = try? await stores.run(
                            "XADD", key, id, random.pick(["from", "x"]), text, "id", "i", "text", "t", "at", text)
                    case .status("string"): try await stores.run("SET", key, text)
                    default: try await stores.run("SADD", key, text)
                    }
                }
                for recipient in [Recipient.user("ben"), .group("g")] { try await ask(stores.fresh(), recipient) }
            }
        }
    }

    @Test("What cannot be read in a log is passed over, and what is behind it comes")
    func unreadableEntries() async throws {
        try await withStores { stores in
            let sent = try await stores.store.send("one", from: "ann", to: .user("ben"))
            let log = ChatKeys.log(of: sent.conversation, day: LogDay(of: sent.at).text)
            for number in 1...250 { try await stores.run("XADD", log, "1-\(number)", "what", "ever") }
            for number in 2...9 { try await stores.run("XADD", log, "\(number)-0", "from", "", "id", "", "text", "", "at", "x") }
            let next = try await stores.store.send("two", from: "ann", to: .user("ben"))
            for limit in [1, 2, 7, 200] {
                let messages = try await stores.store.allMessages(of: sent.conversation, for: "ben", limit: limit)
                #expect(messages.map(\.text) == ["one", "two"])
            }
            #expect(next.seq == 10)
        }
    }
}
