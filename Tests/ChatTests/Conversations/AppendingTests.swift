import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Messages are appended once, in order, without a gap")
struct AppendingTests {
    @Test("A pair has one sequence, seen from both sides; the sender's cursors go with his own messages")
    func pair() async throws {
        try await withStores(of: 2) { stores in
            let first = try await stores[0].send("one", from: "ann", to: .user("ben"))
            let second = try await stores[1].send("two", from: "ben", to: .user("ann"))
            #expect(first.conversation == second.conversation && first.epoch == second.epoch)
            #expect([first.seq, second.seq] == [1, 2])
            for user in ["ann", "ben"] as [UserName] {
                #expect(try await stores.messages(of: first.conversation, for: user).map(\.text) == ["one", "two"])
            }
            await #expect(throws: ChatError.self) { try await stores.messages(of: first.conversation, for: "eve") }
            await #expect(throws: ChatError.self) { try await stores.messages(of: .pair("ann", "eve"), for: "ann") }
            let receipts = try await stores.store.receipts(of: first.conversation, for: "ben")
            #expect(receipts == [Receipt(user: "ann", received: 1, read: 1), Receipt(user: "ben", received: 0, read: 0)])
            // Ben has not received the first: his second does not say so.
            #expect(try await stores.store.unreceived(of: "ben").conversations.map(\.received) == [0])
        }
    }

    @Test("A user with himself")
    func notes() async throws {
        try await withStores { stores in
            let sent = try await stores.store.send("note", from: "ann", to: .user("ann"))
            #expect(try await stores.messages(of: sent.conversation, for: "ann").map(\.text) == ["note"])
            let list = try await stores.store.conversations(of: "ann").conversations
            #expect(list == [ConversationSummary(id: sent.conversation, with: "ann", group: nil, lastSeq: 1, unread: 0)])
            #expect(try await stores.store.receipts(of: sent.conversation, for: "ann").count == 1)
        }
    }

    @Test("The same identifier is one message, with its first number and text; another user's is another")
    func repeated() async throws {
        try await withStores(of: 3) { stores in
            let first = try await stores[0].send("one", id: "x", from: "ann", to: .user("ben"))
            let again = try await stores[1].send("other", id: "x", from: "ann", to: .user("ben"))
            #expect(again.isRepeat && !first.isRepeat)
            #expect(again.seq == first.seq && again.at == first.at && again.epoch == first.epoch)
            #expect(try await stores[2].send("two", id: "x", from: "ben", to: .user("ann")).seq == 2)
            #expect(try await stores.messages(of: first.conversation, for: "ann").map(\.text) == ["one", "two"])
            // Names and identifiers do not run into each other.
            #expect(try await stores[0].send("3", id: "b/c", from: "a", to: .user("z")).seq == 1)
            #expect(try await stores[0].send("4", id: "c", from: "a/b", to: .user("z")).isRepeat == false)
        }
    }

    @Test("Several stores at once, with repetitions: every message once, the numbers without a gap, each sender's in his order")
    func concurrent() async throws {
        try await withStores(of: 3) { stores in
            let users = (0..<4).map { UserName("user\($0)") }
            try await stores.store.createGroup("g", members: users, owner: users[0])
            try await withThrowingTaskGroup { group in
                for (index, user) in users.enumerated() {
                    group.addTask {
                        var random = SeededGenerator()
                        var last = 0
                        for number in 0..<60 {
                            let sent = try await stores[index].send("\(number)", id: "\(number)", from: user, to: .group("g"))
                            #expect(sent.seq > last)
                            last = sent.seq
                            let earlier = Int.random(in: 0...number, using: &random)
                            let again = try await stores[index + 1].send("?", id: "\(earlier)", from: user, to: .group("g"))
                            #expect(again.isRepeat)
                        }
                    }
                    group.addTask {
                        // The same at the same time: one of both is the first.
                        for number in 0..<60 {
                            _ = try await stores[index + 2].send("\(number)", id: "\(number)", from: user, to: .group("g"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let messages = try await stores.messages(of: .group("g"), for: users[1])
            #expect(messages.map(\.seq) == Array(1...240))
            for user in users { #expect(messages.filter { $0.from == user }.map(\.id) == (0..<60).map { "\($0)" }) }
            #expect(Set(try await stores.store.messages(of: .group("g"), for: users[0], limit: 1).messages.map(\.at)).count == 1)
        }
    }

    @Test("What is too long or empty is refused, and nothing is stored")
    func limits() async throws {
        try await withStores(configure: { $1.maximumMessageBytes = 10 }) { stores in
            let store = stores.store
            for (id, text) in [
                ("", "x"), (String(repeating: "i", count: 129), "x"), ("i", ""), ("i", String(repeating: "ä", count: 6)),
            ] {
                await #expect(throws: ChatError.self) { try await store.send(text, id: id, from: "ann", to: .user("ben")) }
            }
            #expect(try await stores.run("DBSIZE") == .integer(0))
            try await store.send(String(repeating: "ä", count: 5), id: "\u{0}\n", from: "ann", to: .user("ben"))
            #expect(try await stores.messages(of: .pair("ann", "ben"), for: "ben").map(\.id) == ["\u{0}\n"])
            for (after, limit) in [(-1, 1), (0, 0), (0, 201)] {
                await #expect(throws: ChatError.self) {
                    try await store.messages(of: .pair("ann", "ben"), for: "ben", after: after, limit: limit)
                }
            }
            #expect(try await store.messages(of: .pair("ann", "ben"), for: "ben", after: .max, limit: 1).messages.isEmpty)
        }
    }

    @Test("A clock that is off is set right, in time and to another day")
    func clock() async throws {
        try await withStores { stores in
            let store = stores.store
            for offset in [-86_400_000, -11_000, 11_000, 86_400_000, 400 * 86_400_000] {
                try await store.refreshClock()
                store.clock.note(try #require(store.clock.now) + offset)
                let sent = try await store.send("\(offset)", from: "ann", to: .user("ben"))
                #expect(abs(try #require(store.clock.now) - sent.at) < 10_000)
            }
            #expect(try await stores.messages(of: .pair("ann", "ben"), for: "ann").count == 5)
        }
    }
}
