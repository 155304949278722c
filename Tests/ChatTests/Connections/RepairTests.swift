import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Repairs of what was published and did not arrive", .serialized)
struct RepairTests {
    /// Has messages stored without being published to ann's server.
    private func sendUnheard(_ fleet: ChatFleet, _ texts: [String]) async throws {
        let connections: [String: String] = try await fleet.run("HGETALL", ChatKeys.connections(of: "ann")).decode()
        try await fleet.run("DEL", ChatKeys.connections(of: "ann"))
        for text in texts { try await fleet[1].chat.conversations.send(text, from: "bob", to: .user("ann")) }
        for (connection, server) in connections {
            try await fleet.run("HSET", ChatKeys.connections(of: "ann"), connection, server)
        }
        // They had their numbers.
        for _ in texts { try await fleet.run("INCR", ChatKeys.events(of: fleet[0].id)) }
    }

    @Test("Events that nothing follows are missed, and read", arguments: [true, false])
    func silence(isKnown: Bool) async throws {
        try await withChatFleet(of: 2) { fleet in
            let ann = try await fleet[0].connect("ann")
            if isKnown {
                try await fleet[1].chat.conversations.send("0", from: "bob", to: .user("ann"))
                try await ann.hears(1)
            }
            try await sendUnheard(fleet, ["1", "2"])
            try await ann.hears(isKnown ? 3 : 2)
            #expect(ann.texts.suffix(2) == ["1", "2"])
        }
    }

    @Test("The connection on which a server listens is cut while messages are sent: all arrive, without a further one")
    func cut() async throws {
        try await withChatFleet(of: 2) { fleet in
            let ann = try await fleet[0].connect("ann")
            let bob = try await fleet[1].connect("bob")
            for round in 1...5 {
                for number in 1...30 {
                    bob.send("\(round).\(number)", to: .user("ann"))
                    if number == 10 { try await fleet.cutSubscriptions(of: fleet[0]) }
                }
                try await bob.isAssured(of: round * 30)
                try await ann.hears(round * 30)
                #expect(ann.seqs(of: .pair("ann", "bob")) == Array(1...(round * 30)))
            }
        }
    }

    @Test("Who was removed hears nothing, although the event that says so was lost")
    func lostRemoval() async throws {
        try await withChatFleet(of: 2) { fleet in
            let store = fleet[1].chat.conversations
            _ = try await store.createGroup("g", members: ["ann", "bob", "eve"], owner: "bob")
            let ann = try await fleet[0].connect("ann")
            let eve = try await fleet[0].connect("eve")
            try await store.send("1", from: "bob", to: .group("g"))
            try await ann.hears(1)
            let key = ChatKeys.servers(of: .group("g"))
            try await fleet.run("SREM", key, fleet[0].id)
            let connections: [String: String] = try await fleet.run("HGETALL", ChatKeys.connections(of: "ann")).decode()
            try await fleet.run("DEL", ChatKeys.connections(of: "ann"))
            try await store.removeMember("ann", from: "g", by: "bob")
            for (connection, server) in connections {
                try await fleet.run("HSET", ChatKeys.connections(of: "ann"), connection, server)
            }
            try await fleet.run("SADD", key, fleet[0].id)
            try await fleet.run("INCR", ChatKeys.events(of: fleet[0].id))
            for number in 2...20 { try await store.send("\(number)", from: "bob", to: .group("g")) }
            try await eve.hears(20)
            #expect(eve.seqs(of: .group("g")) == Array(1...20))
            #expect(ann.texts == ["1"])
        }
    }

    @Test("A member is added while nothing is heard: what is sent to the group comes all the same")
    func lostJoining() async throws {
        try await withChatFleet(of: 2) { fleet in
            let store = fleet[1].chat.conversations
            _ = try await store.createGroup("g", members: ["bob"], owner: "bob")
            let ann = try await fleet[0].connect("ann")
            let connections: [String: String] = try await fleet.run("HGETALL", ChatKeys.connections(of: "ann")).decode()
            try await fleet.run("DEL", ChatKeys.connections(of: "ann"))
            try await store.addMember("ann", to: "g", by: "bob")
            try await store.send("1", from: "bob", to: .group("g"))
            for (connection, server) in connections {
                try await fleet.run("HSET", ChatKeys.connections(of: "ann"), connection, server)
            }
            try await fleet.run("INCR", ChatKeys.events(of: fleet[0].id))
            try await ann.hears(1)
            try await store.send("2", from: "bob", to: .group("g"))
            try await ann.hears(2)
            #expect(ann.texts == ["1", "2"])
        }
    }

    @Test("Redis loses everything while users are connected: they hear what is sent from then on")
    func emptied() async throws {
        try await withChatFleet(of: 2) { fleet in
            let ann = try await fleet[0].connect("ann")
            let bob = try await fleet[1].connect("bob")
            for number in 1...5 { bob.send("\(number)", to: .user("ann")) }
            try await ann.hears(5)
            try await fleet.run("FLUSHALL")
            try await eventually("both are entered again", within: .seconds(30)) {
                let names = fleet.servers.map(\.id)
                let ann: [String] = try await fleet.run("HVALS", ChatKeys.connections(of: "ann")).decode()
                let bob: [String] = try await fleet.run("HVALS", ChatKeys.connections(of: "bob")).decode()
                return ann == [names[0]] && bob == [names[1]]
            }
            for number in 6...9 { bob.send("\(number)", to: .user("ann")) }
            try await ann.hears(9)
            #expect(ann.texts == (1...9).map { "\($0)" })
            let numbers = ann.seqs(of: .pair("ann", "bob"))
            #expect(Set(numbers).count == 9)
        }
    }
}
