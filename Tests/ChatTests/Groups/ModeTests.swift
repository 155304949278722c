import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("The fan-out threshold is crossed, and nothing is lost")
struct ModeTests {
    private func mode(_ stores: Stores) async throws -> GroupMode? {
        try await stores.store.record(of: .group("g"))?.group?.mode
    }

    @Test("Above the threshold messages are not noted with members, and are found all the same; both ways, with some slack")
    func crossing() async throws {
        try await withStores(configure: { $1.fanoutThreshold = 20 }) { stores in
            let store = stores.store
            let users = (0..<24).map { UserName("user\($0)") }
            try await store.createGroup("g", members: Array(users[..<20]), owner: users[0])
            #expect(try await mode(stores) == .write)
            try await store.send("1", from: users[0], to: .group("g"))
            try await store.addMember(users[20], to: "g", by: users[0])
            #expect(try await mode(stores) == .read)
            let noted = try await stores.run("ZSCORE", ChatKeys.conversations(of: users[3]), "group.g")
            try await store.noteReceived(by: users[3], through: try await store.unreceived(of: users[3]).moment + 120_000)
            try await store.send("2", from: users[0], to: .group("g"))
            #expect(try await stores.run("ZSCORE", ChatKeys.conversations(of: users[3]), "group.g") == noted)
            #expect(try await store.unreceived(of: users[3]).conversations.map(\.received) == [0])
            #expect(try await store.unreceived(of: users[20]).conversations.map(\.received) == [1])

            for user in users[18...20] { try await store.removeMember(user, from: "g", by: users[0]) }
            #expect(try await mode(stores) == .read)
            try await store.removeMember(users[17], from: "g", by: users[0])
            #expect(try await mode(stores) == .write)
            // What was sent before is found still; what is sent now is noted.
            #expect(try await store.unreceived(of: users[3]).conversations.map(\.position.seq) == [2])
            try await store.send("3", from: users[0], to: .group("g"))
            #expect(try await stores.run("ZSCORE", ChatKeys.conversations(of: users[3]), "group.g") != noted)
        }
    }

    @Test("A user's own list comes to rest: beyond the overlap, noted groups are not asked one by one")
    func settles() async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            try await stores.store.createGroup("g", members: ["ben"], owner: "ann")
            func entry() async throws -> String? { try await stores.run("HGET", ChatKeys.groups(of: "ben"), "g").decode() }
            _ = try await stores.store.unreceived(of: "ben")
            #expect(try await entry()?.hasPrefix("read ") == true)
            try await stores.store.send("1", from: "ann", to: .group("g"))
            clock.advance(by: 61_000)
            #expect(try await stores.store.unreceived(of: "ben").conversations.count == 1)
            #expect(try await entry()?.hasPrefix("write ") == true)
            // Of the time before, too, although it was noted long ago.
            try await stores.store.noteReceived(by: "ben", through: clock.now)
            #expect(try await stores.store.unreceived(of: "ben").conversations.count == 1)
            try await stores.store.advance("ben", in: .group("g"), received: 1, read: nil)
            clock.advance(by: 200_000)
            try await stores.store.noteReceived(by: "ben", through: clock.now)
            try await stores.store.send("2", from: "ann", to: .group("g"))
            #expect(try await stores.store.unreceived(of: "ben").conversations.map(\.received) == [1])
            // Who is removed is forgotten in the end, also when whoever removed him was killed.
            try await stores.run("HDEL", ChatKeys.members(of: .group("g")), "ben")
            clock.advance(by: 61_000)
            _ = try await stores.store.unreceived(of: "ben")
            #expect(try await entry() == nil)
            #expect(try await stores.run("ZCARD", ChatKeys.conversations(of: "ben")) == .integer(0))
        }
    }

    @Test("Who is about to be added is in his list already, and is not taken out of it")
    func prepared() async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            try await stores.store.createGroup("g", members: [], owner: "ann")
            try await stores.store.enlist(["ben"], in: "g", at: clock.now)
            func isListed() async throws -> Bool {
                try await stores.run("HEXISTS", ChatKeys.groups(of: "ben"), "g") == .integer(1)
            }
            for elapsed in [0, 30_000, 30_000] {
                clock.advance(by: elapsed)
                try await stores.store.removeMember("ben", from: "g", by: "ben")
                #expect(try await stores.store.unreceived(of: "ben").conversations.isEmpty)
                #expect(try await isListed())
            }
            clock.advance(by: 1)
            _ = try await stores.store.unreceived(of: "ben")
            #expect(try await !isListed())
        }
    }

    @Test("A server that knew the members before others came, and the mode before it changed, notes messages with everyone")
    func outdated() async throws {
        let clock = TestClock()
        try await withStores(of: 2, clock: clock, configure: { $1.fanoutThreshold = [100, 3][$0] }) { stores in
            try await stores[0].createGroup("g", members: ["ben"], owner: "ann")
            func becomesQuiet(_ user: UserName) async throws {
                clock.advance(by: 100_000)
                for found in try await stores[0].unreceived(of: user).conversations {
                    try await stores[0].advance(user, in: found.id, received: found.position.seq, read: nil)
                }
                clock.advance(by: 100_000)
                try await stores[0].noteReceived(by: user, through: clock.now)
                clock.advance(by: 100_000)
            }
            try await stores[0].send("1", from: "ann", to: .group("g"))
            try await stores[1].addMember("cid", to: "g", by: "ann")
            try await becomesQuiet("cid")
            try await stores[0].send("2", from: "ann", to: .group("g"))
            #expect(try await stores[0].unreceived(of: "cid").conversations.map(\.received) == [1])

            // The other crosses, up and down, and this one still knows how it was.
            try await stores[1].addMember("dan", to: "g", by: "ann")
            #expect(try await mode(stores) == .read)
            try await stores[1].send("3", from: "ann", to: .group("g"))
            for user in ["dan", "cid"] as [UserName] { try await stores[1].removeMember(user, from: "g", by: "ann") }
            #expect(try await mode(stores) == .write)
            try await becomesQuiet("ben")
            try await stores[1].send("4", from: "ann", to: .group("g"))
            #expect(try await stores[0].unreceived(of: "ben").conversations.map(\.received) == [3])
        }
    }

    @Test("Servers that disagree on the threshold, members who come and go, senders: every member finds every message")
    func disagreement() async throws {
        let clock = TestClock()
        try await withStores(of: 3, clock: clock, configure: { $1.fanoutThreshold = [4, 8, 12][$0] }) { stores in
            let staying = (0..<5).map { UserName("user\($0)") }
            let changing = (5..<12).map { UserName("user\($0)") }
            try await stores.store.createGroup("g", members: staying, owner: staying[0])
            try await withThrowingTaskGroup { tasks in
                for index in 0..<3 {
                    tasks.addTask {
                        for number in 0..<80 {
                            _ = try await stores[index].send("\(number)", from: staying[index], to: .group("g"))
                        }
                    }
                }
                for index in 0..<2 {
                    tasks.addTask {
                        var random = SeededGenerator()
                        for _ in 0..<40 {
                            let user = random.pick(changing)
                            if Bool.random(using: &random) {
                                try await stores[index].addMember(user, to: "g", by: staying[0])
                            } else {
                                try await stores[index].removeMember(user, from: "g", by: staying[0])
                            }
                        }
                    }
                }
                for user in staying[3...] {
                    tasks.addTask {
                        // Receives all the while, and relies on what it was told; time flies, but not past those who send.
                        var (received, flown) = (0, 0)
                        let deadline = ContinuousClock.now + .seconds(60)
                        while received < 240, ContinuousClock.now < deadline {
                            if received > flown + 5 {
                                flown = received
                                clock.advance(by: 70_000)
                            }
                            let unreceived = try await stores[received].unreceived(of: user)
                            for conversation in unreceived.conversations {
                                let messages = try await stores[1].allMessages(of: conversation.id, for: user, after: received)
                                #expect(messages.map(\.seq) == Array((received + 1)..<(received + 1 + messages.count)))
                                received += messages.count
                                try await stores[2].advance(user, in: conversation.id, received: received, read: nil)
                            }
                            try await stores[0].noteReceived(by: user, through: unreceived.moment)
                        }
                        #expect(received == 240)
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try await stores.messages(of: .group("g"), for: staying[4]).map(\.seq) == Array(1...240))
        }
    }
}
