import Redis
import TestSupport
import TextCoding
import Testing

@testable import Chat

@Suite("A user's conversations")
struct ListingTests {
    @Test("Newest first, page by page, whatever happens at one moment; with what is unread")
    func pages() async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            var random = SeededGenerator()
            var latest: [ConversationID: (at: Int, count: Int)] = [:]
            for _ in 0..<80 {
                if Int.random(in: 0..<4, using: &random) == 0 { clock.advance(by: 1) }
                let other = UserName("user\(Int.random(in: 0..<30, using: &random))")
                let sent = try await stores.store.send("x", from: other, to: .user("ann"))
                latest[sent.conversation] = (clock.now, sent.seq)
            }
            let expected = latest.sorted {
                ($0.value.at, $0.key.text) > ($1.value.at, $1.key.text)
            }
            for limit in [1, 2, 7, 29, 30, 31, 200] {
                var (found, cursor): ([ConversationSummary], String?) = ([], nil)
                repeat {
                    let list = try await stores.store.conversations(of: "ann", after: cursor, limit: limit)
                    found += list.conversations
                    cursor = list.nextCursor
                    #expect(list.conversations.count == limit || cursor == nil)
                } while cursor != nil
                #expect(found.map(\.id) == expected.map(\.key), "\(random), limit \(limit)")
                #expect(found.map(\.unread) == expected.map(\.value.count))
                #expect(found.map(\.lastSeq) == expected.map(\.value.count))
                #expect(found.allSatisfy { .pair("ann", $0.with ?? "") == $0.id && $0.group == nil })
            }
            let id = try #require(expected.first).key
            try await stores.store.advance("ann", in: id, received: nil, read: 1)
            let first = try await stores.store.conversations(of: "ann", limit: 1).conversations.first
            #expect(first?.unread == (latest[id]?.count ?? 0) - 1)
        }
    }

    @Test("A cursor that was not issued here, and limits, are refused")
    func refused() async throws {
        try await withStores { stores in
            let texts = ["", "x", "!", Base64URL.encode(Array("1 x".utf8)), Base64URL.encode(Array("x group.g".utf8)), "////"]
            for cursor in texts {
                await #expect(throws: ChatError.self) { try await stores.store.conversations(of: "ann", after: cursor) }
            }
            for limit in [0, -1, 201] {
                await #expect(throws: ChatError.self) { try await stores.store.conversations(of: "ann", limit: limit) }
            }
            let empty = try await stores.store.conversations(of: "ann")
            #expect(empty == ConversationList(conversations: [], nextCursor: nil))
        }
    }

    @Test("What was received long ago is not looked at again; what was sent since is")
    func receivedThrough() async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            let store = stores.store
            try await store.send("old", from: "ann", to: .user("ben"))
            clock.advance(by: 100_000)
            let all = try await store.unreceived(of: "ben")
            #expect(all.conversations.map(\.id) == [.pair("ann", "ben")] && all.moment == clock.now)
            try await store.noteReceived(by: "ben", through: all.moment)
            #expect(try await store.unreceived(of: "ben").conversations.isEmpty)
            try await store.send("new", from: "cid", to: .user("ben"))
            #expect(try await store.unreceived(of: "ben").conversations.map(\.id) == [.pair("cid", "ben")])
            #expect(try await store.unreceived(of: "ben", since: 0).conversations.count == 2)
            try await store.advance("ben", in: .pair("cid", "ben"), received: 1, read: nil)
            #expect(try await store.unreceived(of: "ben").conversations.isEmpty)
            #expect(try await store.noted(of: "ben").conversations.map(\.received) == [1])
        }
    }
}
