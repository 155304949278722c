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

    @Test("A group's members hear what is sent to it, although whoever created it was killed before he could tell their servers")
    func unwelcomed() async throws {
        try await withChatFleet(of: 2) { fleet in
            let (ann, eve) = (try await fleet[0].connect("ann"), try await fleet[1].connect("eve"))
            var isMade = false
            var number = 0
            while !isMade {
                let id = try GroupID(validating: "g\(number)")
                let dying = ConversationStore(
                    redis: FaultyRedis(fleet.redis, diesAt: number, .answerLost), configuration: fleet[0].chat.configuration)
                _ = try? await dying.createGroup(id, members: ["ann", "eve"], owner: "bob")
                isMade = try await fleet.run("EXISTS", ChatKeys.state(of: .group(id))) == .integer(1)
                if isMade {
                    try await fleet[1].chat.conversations.send("1", from: "bob", to: .group(id))
                    try await fleet[0].chat.conversations.send("2", from: "bob", to: .group(id))
                }
                number += 1
            }
            try await ann.hears(2)
            try await eve.hears(2)
            #expect(ann.texts == ["1", "2"] && eve.texts == ["1", "2"])
        }
    }

    @Test("A member who is told late that he is in a group is given what was sent before")
    func lateWelcome() async throws {
        try await withChatFleet(of: 1) { fleet in
            let store = fleet[0].chat.conversations
            let ann = try await fleet[0].connect("ann")
            try await store.createGroup("g", members: [], owner: "bob")
            // As if it had been created with her.
            try await fleet.run("HSET", ChatKeys.members(of: .group("g")), "ann", "0")
            try await store.send("1", from: "bob", to: .group("g"))
            try await store.welcome("g")
            try await ann.hears(1)
            #expect(ann.texts == ["1"])
        }
    }

    @Test("A server that is not among those that hear a group, for whatever reason, is again, and nothing is missing")
    func forgottenServer() async throws {
        try await withChatFleet(of: 2) { fleet in
            let store = fleet[1].chat.conversations
            let ann = try await fleet[0].connect("ann")
            try await store.createGroup("g", members: ["ann"], owner: "bob")
            try await store.send("1", from: "bob", to: .group("g"))
            try await ann.hears(1)
            try await fleet.run("DEL", ChatKeys.servers(of: .group("g")))
            try await store.send("2", from: "bob", to: .group("g"))
            fleet[0].chat.services.groups.noteDoubts(["g"])
            try await ann.hears(2)
            try await store.send("3", from: "bob", to: .group("g"))
            try await ann.hears(3)
            #expect(ann.texts == ["1", "2", "3"])
        }
    }

    @Test("What cannot be read of one user, or of one conversation, keeps nobody else from being given what was missed")
    func unreadable() async throws {
        try await withChatFleet(of: 2) { fleet in
            let (ann, eve) = (try await fleet[0].connect("ann"), try await fleet[0].connect("eve"))
            try await fleet[1].chat.conversations.send("0", from: "bob", to: .user("eve"))
            try await eve.hears(1)
            try await fleet.run("SET", ChatKeys.state(of: .pair("bob", "eve")), "x")
            try await fleet.run("SET", ChatKeys.groups(of: "eve"), "x")
            try await fleet.run("SET", ChatKeys.lastSeen(of: "eve"), "x")
            try await sendUnheard(fleet, ["1", "2"])
            try await ann.hears(2)
            try await eventually("it is certain again") { fleet[0].chat.services.journal.order.isCertain }
            ann.receive(.watch(["eve", "bob"]))
            try await eventually("both are told of") { ann.presences.count == 2 }
            #expect(Set(ann.presences.map(\.user)) == ["eve", "bob"])
        }
    }

    @Test("Who was removed is not told who is typing, although the event that says so was lost")
    func lostRemovalTyping() async throws {
        try await withChatFleet(of: 2) { fleet in
            let store = fleet[1].chat.conversations
            try await store.createGroup("g", members: ["ann", "eve"], owner: "bob")
            let (ann, eve) = (try await fleet[0].connect("ann"), try await fleet[0].connect("eve"))
            fleet[0].chat.services.journal.lose()
            let inbox = fleet[0].chat.inboxes[0]
            inbox.deliver(
                .server(
                    .typing(TypingEvent(conversation: .group("g"), audience: .group("g"), from: "bob")),
                    ChatEvent(.typing(.group("g"), from: "bob")), isCertain: false))
            try await store.send("1", from: "bob", to: .group("g"))
            try await ann.hears(1)
            try await eve.hears(1)
            #expect(ann.typing.isEmpty && eve.typing.isEmpty)
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
