import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Whatever changes a group is killed at any command, and repeated")
struct GroupFaultTests {
    /// Tries a step with a process that is killed at its first command, at its second, and so on, until it is not killed.
    private func everywhere(
        _ stores: Stores, _ fate: FaultyRedis.Fate, threshold: Int? = nil,
        _ body: (Int, ConversationStore) async throws -> Void
    ) async throws {
        var (number, isDead) = (0, true)
        while isDead {
            let (store, faulty) = stores.dying(at: number, fate, threshold: threshold)
            try await body(number, store)
            isDead = faulty.isDead
            number += 1
        }
        #expect(number > 2)
    }

    @Test("Creating: all members or none, and a repetition makes it whole", arguments: FaultyRedis.Fate.allCases, [1, 100])
    func creating(fate: FaultyRedis.Fate, threshold: Int) async throws {
        try await withStores(configure: { $1.fanoutThreshold = threshold }) { stores in
            try await everywhere(stores, fate) { number, dying in
                let id = try GroupID(validating: "g\(number)")
                let users = (0..<3).map { UserName("user\($0)-\(number)") }
                _ = try? await dying.createGroup(id, members: users, owner: users[0])
                let listed = try await stores.store.conversations(of: users[1]).conversations.count
                let exists = try await stores.store.record(of: .group(id)) != nil
                #expect(listed == (exists ? 1 : 0), "killed at command \(number)")
                try await stores.store.createGroup(id, members: users, owner: users[0])
                try await stores.store.send("x", from: users[0], to: .group(id))
                #expect(try await stores.store.unreceived(of: users[2]).conversations.count == 1)
                #expect(try await stores.store.enter(users[2], server: "s") == [id])
            }
        }
    }

    @Test(
        "Adding and removing: whoever is a member finds what is sent from then on, whoever is none nothing",
        arguments: FaultyRedis.Fate.allCases, [2, 100])
    func changing(fate: FaultyRedis.Fate, threshold: Int) async throws {
        try await withStores(configure: { $1.fanoutThreshold = threshold }) { stores in
            let store = stores.store
            try await store.createGroup("g", members: ["cid"], owner: "ann")
            func check(_ user: UserName, _ number: Int) async throws {
                let isMember = try await store.group("g", for: "ann").members.contains(user)
                try await store.send("x", from: "ann", to: .group("g"))
                #expect(try await store.unreceived(of: user).conversations.count == (isMember ? 1 : 0), "killed at \(number)")
                #expect(try await store.conversations(of: user).conversations.count == (isMember ? 1 : 0))
                #expect(try await store.enter(user, server: "s") == (isMember ? ["g"] : []))
            }
            try await everywhere(stores, fate, threshold: threshold) { number, dying in
                let user = UserName("user\(number)")
                try? await dying.addMember(user, to: "g", by: "ann")
                try await check(user, number)
                try await store.addMember(user, to: "g", by: "ann")
                try await check(user, number)
            }
            try await everywhere(stores, fate, threshold: threshold) { number, dying in
                let user = UserName("leaver\(number)")
                try await store.addMember(user, to: "g", by: "ann")
                try? await dying.removeMember(user, from: "g", by: "ann")
                try await check(user, number)
                try await store.removeMember(user, from: "g", by: "ann")
                try await check(user, number)
            }
        }
    }

    @Test(
        "Crossing the threshold, up and down: members find what was sent before and after", arguments: FaultyRedis.Fate.allCases)
    func crossing(fate: FaultyRedis.Fate) async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            let users = (0..<4).map { UserName("user\($0)") }
            try await stores.store.createGroup("g", members: users, owner: users[0])
            for threshold in [2, 100, 2, 100] {
                try await everywhere(stores, fate, threshold: threshold) { number, dying in
                    try await stores.fresh(threshold: 102 - threshold).send("z", from: users[0], to: .group("g"))
                    // Entries come to rest, and the time before is not looked at again.
                    clock.advance(by: 200_000)
                    for user in users[1...] {
                        let unreceived = try await stores.fresh().unreceived(of: user)
                        for conversation in unreceived.conversations {
                            try await stores.store.advance(user, in: conversation.id, received: .max, read: nil)
                        }
                        try await stores.store.noteReceived(by: user, through: unreceived.moment)
                    }
                    clock.advance(by: 200_000)
                    // Who sends and finds another mode than its threshold wants changes it first.
                    let sent = try? await dying.send("x", from: users[0], to: .group("g"))
                    clock.advance(by: 100)
                    // Of one that was killed the message may be there or not.
                    let seq = try await stores.store.record(of: .group("g"))?.position.seq ?? 0
                    if let sent { #expect(sent.seq == seq) }
                    let other = try await stores.fresh(threshold: threshold).send("y", from: users[0], to: .group("g"))
                    #expect(other.seq == seq + 1)
                    for user in users[1...] {
                        let found = try await stores.fresh().unreceived(of: user).conversations
                        #expect(found.map(\.position.seq) == [other.seq], "killed at command \(number), \(threshold)")
                    }
                }
            }
        }
    }
}
