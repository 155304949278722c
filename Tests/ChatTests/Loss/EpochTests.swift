import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Redis goes back in time: a new epoch says so, and numbers do not repeat")
struct EpochTests {
    private let pair = ConversationID.pair("ann", "ben")

    private func send(_ count: Int, by store: ConversationStore) async throws -> SentMessage {
        var last = try await store.send("text", from: "ann", to: .user("ben"))
        for _ in 1..<count { last = try await store.send("text", from: "ann", to: .user("ben")) }
        return last
    }

    @Test("Who has seen what is lost, and sends: numbers go on from there", arguments: [true, false])
    func sender(isFlushed: Bool) async throws {
        try await withStores { stores in
            _ = try await send(3, by: stores.store)
            let snapshot = try await Snapshot(of: stores.redis)
            let seen = try await send(2, by: stores.store)
            if isFlushed { try await stores.run("FLUSHALL") } else { try await snapshot.restore(to: stores.redis) }
            let sent = try await stores.store.send("new", from: "ann", to: .user("ben"))
            #expect(sent.seq == 6 && sent.epoch != seen.epoch)
            #expect(sent.epoch.firstUnknown(to: seen.epoch) == (isFlushed ? 1 : 4))
            #expect(try await stores.messages(of: pair, for: "ben").map(\.seq) == (isFlushed ? [6] : [1, 2, 3, 6]))
            #expect(try await stores.store.send("more", from: "ben", to: .user("ann")).epoch == sent.epoch)
            // Nothing of it is new to who looks once more.
            try await stores.store.verifyAll()
            #expect(try await stores.store.record(of: pair)?.position == ConversationPosition(epoch: sent.epoch, seq: 7))
        }
    }

    @Test("Two who have seen more and less: each later number is new, and the chain of epochs tells it to everyone")
    func chain() async throws {
        try await withStores(of: 2) { stores in
            let first = try await send(3, by: stores[0])
            let snapshot = try await Snapshot(of: stores.redis)
            _ = try await send(1, by: stores[0])
            let seen = try await send(4, by: stores[1])
            try await snapshot.restore(to: stores.redis)
            let one = try await stores[0].send("one", from: "ann", to: .user("ben"))
            let two = try await stores[1].send("two", from: "ann", to: .user("ben"))
            #expect([one.seq, two.seq] == [5, 9])
            #expect(Set([first.epoch, seen.epoch, one.epoch, two.epoch]).count == 3)
            #expect(two.epoch.firstUnknown(to: seen.epoch) == 4)
            #expect(two.epoch.firstUnknown(to: one.epoch) == 6)
        }
    }

    @Test("A sender who knows nothing: who has seen more notices it by what is heard", arguments: [1, 2, 5], [true, false])
    func unaware(count: Int, isFlushed: Bool) async throws {
        try await withStores { stores in
            try await ServerEar.with("s", on: stores) { ears in
                try await ears[0].connect("ben", stores)
                _ = try await send(3, by: stores.store)
                let snapshot = try await Snapshot(of: stores.redis)
                let seen = try await send(2, by: stores.store)
                try await ears[0].catchesUp(stores)
                for event in ears[0].messages { #expect(stores.store.heard(event)) }
                ears[0].clear()
                if isFlushed {
                    try await stores.run("FLUSHALL")
                    try await stores.run("SET", ChatKeys.events(of: "s"), "1")
                    try await ears[0].connect("ben", stores)
                } else {
                    try await snapshot.restore(to: stores.redis)
                }
                let other = stores.fresh()
                _ = try await send(count, by: other)
                try await stores.store.advance("ben", in: pair, received: 100, read: 100, epoch: seen.epoch)
                try await ears[0].catchesUp(stores)
                #expect(!ears[0].messages.allSatisfy { stores.store.heard($0) })

                try await stores.store.verify([pair])
                let position = try #require(try await stores.store.record(of: pair)).position
                let start = isFlushed ? 1 : 4
                #expect(position.seq == max(5, start + count - 1) && position.epoch != seen.epoch)
                #expect(position.epoch.firstUnknown(to: seen.epoch) <= start)
                // Whatever was sent since comes to ben again.
                let receipt = try await stores.store.receipts(of: pair, for: "ben")[1]
                #expect(receipt.received == start - 1 && receipt.read == start - 1)
                let news = try await stores.store.messages(of: pair, for: "ben", after: nil).messages
                #expect(news.map(\.seq) == Array(start..<(start + count)))
                try await ears[0].catchesUp(stores)
                if !(isFlushed && count == 5) {
                    let reset = ResetEvent(conversation: pair, audience: .pair("ann", "ben"), position: position)
                    #expect(ears[0].contents.last == .reset(reset))
                }
                // Declared once, and from then on it is as ever.
                try await stores.store.verifyAll()
                #expect(try await other.send("x", from: "ben", to: .user("ann")).seq == position.seq + 1)
                #expect(try await stores.store.record(of: pair)?.position.epoch == position.epoch)
            }
        }
    }

    @Test("Who reads notices it, too; what was acknowledged in an earlier epoch counts no more than it means")
    func reader() async throws {
        try await withStores { stores in
            _ = try await send(3, by: stores.store)
            let snapshot = try await Snapshot(of: stores.redis)
            let seen = try await send(4, by: stores.store)
            try await snapshot.restore(to: stores.redis)
            _ = try await send(2, by: stores.fresh())
            let page = try await stores.store.messages(of: pair, for: "ben", after: 7)
            #expect(page.position.epoch.firstUnknown(to: seen.epoch) == 4 && page.position.seq == 7)
            let late = try await stores.store.advance("ben", in: pair, received: 7, read: nil, epoch: seen.epoch)
            #expect(late.received == 3)
            #expect(try await stores.store.messages(of: pair, for: "ben", after: nil).messages.map(\.seq) == [4, 5])
            let strange = try await stores.store.advance("ben", in: pair, received: 7, read: nil, epoch: Epoch("strange@1"))
            #expect(strange.received == 3)
            let present = try await stores.store.advance("ben", in: pair, received: 7, read: nil, epoch: page.position.epoch)
            #expect(present.received == 7)
        }
    }

    @Test("Unreceived messages of conversations that went back")
    func unreceived() async throws {
        try await withStores { stores in
            _ = try await send(3, by: stores.store)
            let snapshot = try await Snapshot(of: stores.redis)
            let seen = try await send(2, by: stores.store)
            try await snapshot.restore(to: stores.redis)
            let found = try #require(try await stores.store.unreceived(of: "ben").conversations.first)
            #expect(found.position.seq == 5 && found.position.epoch.firstUnknown(to: seen.epoch) == 4)
        }
    }

    @Test("A state that is behind its log goes on from the log, today's or the day before's")
    func stateAlone() async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            let seen = try await send(5, by: stores.store)
            for (back, expected) in [(2, 6), (0, 7)] {
                try await stores.run("HSET", ChatKeys.state(of: pair), "seq", "\(back)")
                let sent = try await stores.fresh().send("x", from: "ann", to: .user("ben"))
                #expect(sent.seq == expected && sent.epoch != seen.epoch)
            }
            try await stores.run("DEL", ChatKeys.state(of: pair))
            #expect(try await stores.fresh().send("x", from: "ann", to: .user("ben")).seq == 8)
            clock.advance(by: 86_400_000)
            _ = try await send(1, by: stores.fresh())
            try await stores.run("HSET", ChatKeys.state(of: pair), "seq", "3")
            clock.advance(by: 86_400_000)
            #expect(try await stores.fresh().send("x", from: "ann", to: .user("ben")).seq == 10)
            #expect(try await stores.messages(of: pair, for: "ann").map(\.seq) == Array(1...10))
        }
    }

    @Test("A group that was lost and is created again goes on behind what was seen")
    func group() async throws {
        try await withStores { stores in
            try await stores.store.createGroup("g", members: ["ben"], owner: "ann")
            for _ in 0..<3 { try await stores.store.send("x", from: "ann", to: .group("g")) }
            try await stores.run("FLUSHALL")
            await #expect(throws: ChatError.self) { try await stores.store.send("x", from: "ann", to: .group("g")) }
            try await stores.store.createGroup("g", members: ["ben"], owner: "ann")
            #expect(try await stores.store.unreceived(of: "ben").conversations.isEmpty)
            #expect(try await stores.store.send("x", from: "ann", to: .group("g")).seq == 4)
            #expect(try await stores.store.unreceived(of: "ben").conversations.map(\.received) == [3])
        }
    }

    @Test("What is as it was stays as it was, whatever order things are heard in")
    func noFalseAlarm() async throws {
        try await withStores(of: 3) { stores in
            try await ServerEar.with("s", on: stores) { ears in
                try await ears[0].connect("ben", stores)
                try await withThrowingTaskGroup { tasks in
                    for index in 0..<3 {
                        tasks.addTask { for _ in 0..<50 { _ = try await send(1, by: stores[index]) } }
                        tasks.addTask { for _ in 0..<20 { try await stores[index].verifyAll() } }
                    }
                    try await tasks.waitForAll()
                }
                try await ears[0].catchesUp(stores)
                for store in stores.stores {
                    #expect(ears[0].messages.allSatisfy { store.heard($0) })
                    try await store.verifyAll()
                }
                let record = try #require(try await stores.store.record(of: pair))
                #expect(record.position.seq == 150)
                #expect(Set(ears[0].messages.map(\.position.epoch)) == [record.position.epoch])
            }
        }
    }
}
