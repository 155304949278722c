import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Groups and their members")
struct GroupTests {
    @Test("Created once; the same again answers the same, another of this name is refused")
    func created() async throws {
        try await withStores(of: 2) { stores in
            let group = try await stores[0].createGroup("g", members: ["ben", "cid"], owner: "ann")
            #expect(group == Group(id: "g", owner: "ann", members: ["ann", "ben", "cid"]))
            #expect(try await stores[1].createGroup("g", members: ["cid", "ben", "ann"], owner: "ann") == group)
            #expect(try await stores[1].group("g", for: "ben") == group)
            for (members, owner) in [(["ben"], "ann"), (["ben", "cid", "ann"], "ben")] as [([UserName], UserName)] {
                await #expect(throws: ChatError.self) { try await stores[1].createGroup("g", members: members, owner: owner) }
            }
            await #expect(throws: ChatError.self) { try await stores[1].createGroup("h", members: ["ben", "ben"], owner: "ann") }
            await #expect(throws: ChatError.self) { try await stores[1].group("h", for: "ann") }
            await #expect(throws: ChatError.self) { try await stores[1].group("g", for: "eve") }
        }
    }

    @Test("Of many who create it at once one has it")
    func creators() async throws {
        try await withStores(of: 3) { stores in
            for round in 0..<10 {
                let id = try GroupID(validating: "g\(round)")
                let winners = await withTaskGroup { tasks in
                    for index in 0..<6 {
                        tasks.addTask {
                            try? await stores[index].createGroup(id, members: ["ben"], owner: UserName("user\(round)-\(index)"))
                        }
                    }
                    return await tasks.reduce(into: [Group]()) { if let group = $1 { $0.append(group) } }
                }
                #expect(winners.count == 1)
                let owner = try #require(winners.first).owner
                #expect(try await stores.store.group(id, for: "ben").owner == owner)
                for index in 0..<6 where UserName("user\(round)-\(index)") != owner {
                    // What the others have left behind is nothing.
                    let user = UserName("user\(round)-\(index)")
                    #expect(try await stores.store.conversations(of: user).conversations.isEmpty)
                    #expect(try await stores.store.enter(user, server: "s").isEmpty)
                }
            }
        }
    }

    @Test("Who is no member neither reads nor writes, from the moment of removal")
    func removed() async throws {
        try await withStores(of: 2) { stores in
            try await stores[0].createGroup("g", members: ["ben", "cid"], owner: "ann")
            // Both know the members.
            for index in 0..<2 { try await stores[index].send("\(index)", from: "ben", to: .group("g")) }
            await #expect(throws: ChatError.self) { try await stores[0].send("x", from: "eve", to: .group("g")) }
            await #expect(throws: ChatError.self) { try await stores[0].send("x", from: "ann", to: .group("none")) }
            try await stores[0].removeMember("ben", from: "g", by: "ann")
            await #expect(throws: ChatError.self) { try await stores[1].send("x", from: "ben", to: .group("g")) }
            await #expect(throws: ChatError.self) { try await stores[1].messages(of: .group("g"), for: "ben") }
            await #expect(throws: ChatError.self) { try await stores[1].receipts(of: .group("g"), for: "ben") }
            await #expect(throws: ChatError.self) { try await stores[1].advance("ben", in: .group("g"), received: 1, read: nil) }
            await #expect(throws: ChatError.self) { try await stores[1].audience(of: .group("g"), from: "ben") }
            try await stores[1].send("2", from: "cid", to: .group("g"))
            #expect(try await stores[1].conversations(of: "ben").conversations.isEmpty)
            #expect(try await stores[1].unreceived(of: "ben").conversations.isEmpty)
            #expect(try await stores.messages(of: .group("g"), for: "ann").map(\.text) == ["0", "1", "2"])
        }
    }

    @Test("New members begin at the present message, and may read earlier ones; who comes again, too")
    func joined() async throws {
        try await withStores { stores in
            let store = stores.store
            try await store.createGroup("g", members: [], owner: "ann")
            for round in 0..<3 {
                try await store.send("before", from: "ann", to: .group("g"))
                try await store.addMember("ben", to: "g", by: "ann")
                try await store.addMember("ben", to: "g", by: "ann")
                #expect(try await store.unreceived(of: "ben").conversations.isEmpty)
                try await store.send("after", from: "ann", to: .group("g"))
                let unreceived = try await store.unreceived(of: "ben").conversations
                #expect(unreceived.map(\.received) == [2 * round + 1])
                #expect(try await store.messages(of: .group("g"), for: "ben", after: nil).messages.map(\.seq) == [2 * round + 2])
                #expect(try await stores.messages(of: .group("g"), for: "ben").count == 2 * round + 2)
                try await store.removeMember("ben", from: "g", by: "ben")
            }
        }
    }

    @Test("The owner adds and removes, anyone removes himself; when the owner leaves, the member of longest standing follows")
    func owner() async throws {
        try await withStores { stores in
            let store = stores.store
            try await store.createGroup("g", members: [], owner: "ann")
            for (index, user) in (["cid", "ben", "dan"] as [UserName]).enumerated() {
                try await store.send("\(index)", from: "ann", to: .group("g"))
                try await store.addMember(user, to: "g", by: "ann")
            }
            await #expect(throws: ChatError.self) { try await store.addMember("eve", to: "g", by: "ben") }
            await #expect(throws: ChatError.self) { try await store.addMember("eve", to: "g", by: "eve") }
            await #expect(throws: ChatError.self) { try await store.removeMember("cid", from: "g", by: "ben") }
            await #expect(throws: ChatError.self) { try await store.removeMember("cid", from: "g", by: "eve") }
            await #expect(throws: ChatError.self) { try await store.removeMember("cid", from: "none", by: "cid") }
            await #expect(throws: ChatError.self) { try await store.addMember("cid", to: "none", by: "cid") }
            try await store.removeMember("dan", from: "g", by: "dan")
            try await store.removeMember("dan", from: "g", by: "dan")
            try await store.removeMember("ann", from: "g", by: "ann")
            #expect(try await store.group("g", for: "ben") == Group(id: "g", owner: "cid", members: ["ben", "cid"]))
            try await store.addMember("eve", to: "g", by: "cid")
            for user in ["cid", "ben", "eve"] as [UserName] { try await store.removeMember(user, from: "g", by: user) }
            // Its name and its numbers are taken for ever.
            await #expect(throws: ChatError.self) { try await store.createGroup("g", members: [], owner: "ann") }
        }
    }

    @Test("While much is said in a group its messages are noted together; notes that Redis has lost are made again")
    func notedTogether() async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            try await stores.store.createGroup("g", members: ["ben", "cid"], owner: "ann")
            let (store, counting) = stores.dying(at: .max, .lostOnTheWay)
            func commands(_ text: String) async throws -> Int {
                let before = counting.commands
                try await store.send(text, from: "ann", to: .group("g"))
                return counting.commands - before
            }
            func isNoted() async throws -> Bool {
                let notes = try await stores.run("ZSCORE", ChatKeys.conversations(of: "ben"), "group.g")
                return notes == .bytes(Array(String(clock.now).utf8))
            }
            _ = try await commands("first")
            #expect(try await commands("second") == 1)
            clock.advance(by: 1_000)
            #expect(try await commands("third") == 4)
            #expect(try await isNoted())

            // What it had of the last second is gone.
            try await stores.run("DEL", ChatKeys.conversations(of: "ben"))
            try await stores.run("HDEL", ChatKeys.state(of: .group("g")), "noted")
            #expect(try await commands("fourth") == 5)
            #expect(try await isNoted())
            #expect(try await stores.store.unreceived(of: "ben").conversations.map(\.position.seq) == [4])

            // Who comes meanwhile is noted, too.
            try await stores.store.addMember("dan", to: "g", by: "ann")
            try await store.send("fifth", from: "ann", to: .group("g"))
            #expect(try await stores.store.unreceived(of: "dan").conversations.map(\.position.seq) == [5])
        }
    }

    @Test("A group has at most so many members")
    func limit() async throws {
        try await withStores(configure: { $1.maximumGroupMembers = 3 }) { stores in
            await #expect(throws: ChatError.self) {
                try await stores.store.createGroup("g", members: ["a", "b", "c"], owner: "ann")
            }
            try await stores.store.createGroup("g", members: ["a", "b"], owner: "ann")
            await #expect(throws: ChatError.self) { try await stores.store.addMember("c", to: "g", by: "ann") }
            try await stores.store.addMember("b", to: "g", by: "ann")
            try await stores.store.removeMember("b", from: "g", by: "ann")
            try await stores.store.addMember("c", to: "g", by: "ann")
            #expect(try await stores.store.group("g", for: "c").members == ["a", "ann", "c"])
        }
    }
}
