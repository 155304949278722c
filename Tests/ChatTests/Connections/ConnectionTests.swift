import EmbeddedRedis
import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Connections", .serialized)
struct ConnectionTests {
    private let pair = ConversationID.pair("ann", "bob")

    @Test("A message reaches every device of both, the sender's sending one excepted, which is told that it is safe")
    func pairs() async throws {
        try await withChatFleet(of: 2) { fleet in
            let ann = try await fleet[0].connect("ann")
            let phone = try await fleet[1].connect("ann")
            let bob = try await fleet[1].connect("bob")
            for number in 1...20 { ann.send("\(number)", to: .user("bob")) }
            try await ann.isAssured(of: 20)
            for device in [phone, bob] {
                try await device.hears(20)
                #expect(device.texts == (1...20).map { "\($0)" })
                #expect(device.seqs(of: pair) == Array(1...20))
            }
            #expect(ann.sent.map(\.seq) == Array(1...20) && ann.messages.isEmpty)
            bob.send("back", to: .user("ann"))
            try await ann.hears(1)
            try await phone.hears(21)
            try await bob.isAssured(of: 1)
            #expect(ann.seqs(of: pair) == [21] && bob.sent.map(\.seq) == [21])
            // Nothing more came of it.
            #expect(bob.messages.count == 20)
        }
    }

    @Test("What is read on one device, the others are told; the one that says so is not")
    func readElsewhere() async throws {
        try await withChatFleet(of: 2) { fleet in
            let bob = try await fleet[0].connect("bob")
            let (phone, desk) = (try await fleet[0].connect("ann"), try await fleet[1].connect("ann"))
            bob.send("1", to: .user("ann"))
            try await phone.hears(1)
            phone.receive(.read(pair, through: 1))
            let told = Receipt(user: "ann", received: 1, read: 1)
            try await eventually("both are told") { bob.receipts == [told] && desk.receipts == [told] }
            desk.receive(.read(pair, through: 1))
            bob.send("2", to: .user("ann"))
            try await phone.hears(2)
            #expect(phone.receipts.isEmpty)
        }
    }

    @Test("Whoever reads and answers in one breath has read his answer, too")
    func readAndAnswered() async throws {
        try await withChatFleet(of: 1) { fleet in
            let (ann, bob) = (try await fleet[0].connect("ann"), try await fleet[0].connect("bob"))
            bob.send("1", to: .user("ann"))
            try await ann.hears(1)
            ann.receive(.read(pair, through: 1))
            ann.send("2", to: .user("bob"))
            try await ann.isAssured(of: 1)
            let list = try await fleet[0].chat.conversations.conversations(of: "ann")
            #expect(list.conversations.map(\.unread) == [0])
        }
    }

    @Test("However often a client says that somebody is typing, the other is told once in a while")
    func typingFlood() async throws {
        try await withChatFleet(of: 1) { fleet in
            let (ann, bob) = (try await fleet[0].connect("ann"), try await fleet[0].connect("bob"))
            for _ in 0..<500 { ann.receive(.typing(.user("bob"))) }
            ann.send("done", to: .user("bob"))
            try await bob.hears(1)
            #expect((1...10).contains(bob.typing.count))
        }
    }

    @Test("Asked again and again whom it watches, a client is answered for each; what it sends comes behind that")
    func watchFlood() async throws {
        try await withChatFleet(of: 1) { fleet in
            let (ann, bob) = (try await fleet[0].connect("ann"), try await fleet[0].connect("bob"))
            let users = (0..<200).map { UserName("user\($0)") }
            for _ in 0..<20 { ann.receive(.watch(users)) }
            ann.send("done", to: .user("bob"))
            try await bob.hears(1)
            #expect(ann.presences.count == 4000 && ann.failures.isEmpty)
        }
    }

    @Test("An acknowledgement of what there is not is nothing, and keeps nobody waiting")
    func acknowledgedNothing() async throws {
        try await withChatFleet(of: 1) { fleet in
            let (ann, bob) = (try await fleet[0].connect("ann"), try await fleet[0].connect("bob"))
            for number in 0..<200 { ann.receive(.received(.pair("x", UserName("y\(number)")), through: 5)) }
            ann.receive(.received(.pair("ann", "nobody"), through: 5))
            ann.send("done", to: .user("bob"))
            try await bob.hears(1)
            #expect(ann.failures.count == 201)
        }
    }

    @Test("What was not acknowledged comes again, in order and before what is new; what was, does not")
    func offline() async throws {
        try await withChatFleet(of: 2) { fleet in
            let bob = try await fleet[0].connect("bob")
            for number in 1...250 { bob.send("\(number)", to: .user("ann")) }
            try await bob.isAssured(of: 250)
            let first = try await fleet[1].connect("ann")
            try await first.hears(250)
            #expect(first.seqs(of: pair) == Array(1...250))
            first.receive(.received(pair, through: 240))
            try await eventually("bob sees it") { bob.receipts.last?.received == 240 }
            try await first.close()
            bob.send("251", to: .user("ann"))
            let second = try await fleet[0].connect("ann")
            try await second.hears(11)
            #expect(second.seqs(of: pair) == Array(241...251))
            second.receive(.read(pair, through: 251))
            try await eventually("bob sees it") { bob.receipts.last == Receipt(user: "ann", received: 251, read: 251) }
            #expect(second.receipts.isEmpty)
            try await second.close()
            let third = try await fleet[1].connect("ann")
            bob.send("252", to: .user("ann"))
            try await third.hears(1)
            #expect(third.texts == ["252"])
        }
    }

    @Test("Large messages, missed or asked for, come in parts: what waits for a client is bounded", arguments: [true, false])
    func parts(isSync: Bool) async throws {
        let large = String(repeating: "x", count: 16_384)
        try await withChatFleet(of: 1) { fleet in
            let bob = try await fleet[0].connect("bob")
            for _ in 1...20 { bob.send(large, to: .user("ann")) }
            try await bob.isAssured(of: 20)
            if isSync {
                bob.receive(.sync(pair, after: 2, limit: 15))
                try await eventually("bob's sync ends") { bob.synced == [17] }
                #expect(bob.seqs(of: pair) == Array(3...17))
            }
            // Its welcome, and then not even one part.
            let ann = try await fleet[0].connect("ann", capacity: 2)
            try await ann.hears(1)
            let first = ann.messages.count
            #expect(first < 5)
            if isSync { ann.receive(.sync(pair, after: 0, limit: 20)) }
            ann.becomeReady()
            try await ann.hears(isSync ? 40 : 20)
            if isSync { try await eventually("ann's sync ends") { ann.synced == [20] } }
            #expect(Set(ann.seqs(of: pair)) == Set(1...20))
        }
    }

    @Test("Missed messages are read as fast as the client takes them")
    func pacing() async throws {
        try await withChatFleet(of: 1) { fleet in
            let bob = try await fleet[0].connect("bob")
            for number in 1...10 { bob.send("\(number)", to: .user("ann")) }
            try await bob.isAssured(of: 10)
            let ann = try await fleet[0].connect("ann", isReady: false)
            try await eventually { ann.isWelcomed }
            bob.send("11", to: .user("ann"))
            try await bob.isAssured(of: 11)
            #expect(ann.messages.isEmpty)
            ann.becomeReady()
            try await ann.hears(11)
            #expect(ann.seqs(of: pair) == Array(1...11))
        }
    }

    @Test("A group's members hear it, those who have left do not, and those who come hear what is new")
    func groups() async throws {
        try await withChatFleet(of: 2) { fleet in
            let store = fleet[0].chat.conversations
            _ = try await store.createGroup("g", members: ["ann", "bob"], owner: "ann")
            let conversation = ConversationID.group("g")
            let ann = try await fleet[0].connect("ann")
            let bob = try await fleet[1].connect("bob")
            let eve = try await fleet[1].connect("eve")
            ann.send("1", to: .group("g"))
            try await bob.hears(1)
            try await store.addMember("eve", to: "g", by: "ann")
            ann.send("2", to: .group("g"))
            try await eve.hears(1)
            try await bob.hears(2)
            #expect(eve.texts == ["2"])
            try await store.removeMember("bob", from: "g", by: "ann")
            for number in 3...20 { ann.send("\(number)", to: .group("g")) }
            try await eve.hears(19)
            #expect(eve.seqs(of: conversation) == Array(2...20))
            #expect(bob.texts == ["1", "2"])
            bob.send("x", to: .group("g"))
            bob.receive(.sync(conversation, after: 0, limit: 10))
            try await eventually { bob.failures.count == 2 }
            #expect(bob.failures.allSatisfy { if case .notMember = $0 { true } else { false } })
        }
    }

    @Test("A server without members of a group left does not hear it any more")
    func withdrawal() async throws {
        try await withChatFleet(of: 2) { fleet in
            _ = try await fleet[0].chat.conversations.createGroup("g", members: ["ann", "bob"], owner: "ann")
            let key = ChatKeys.servers(of: .group("g"))
            let ann = try await fleet[0].connect("ann")
            let bob = try await fleet[1].connect("bob")
            #expect(try await fleet.run("SCARD", key) == .integer(2))
            try await bob.close()
            try await eventually("it is withdrawn", within: .seconds(30)) {
                try await fleet.run("SISMEMBER", key, fleet[1].id) == .integer(0)
            }
            ann.send("1", to: .group("g"))
            try await ann.isAssured(of: 1)
            let again = try await fleet[1].connect("bob")
            try await again.hears(1)
            ann.send("2", to: .group("g"))
            try await again.hears(2)
            #expect(again.texts == ["1", "2"])
        }
    }

    @Test("A part of the history comes when asked for, with its end; typing is shown to the others")
    func syncAndTyping() async throws {
        try await withChatFleet(of: 2) { fleet in
            let ann = try await fleet[0].connect("ann")
            let bob = try await fleet[1].connect("bob")
            for number in 1...5 { ann.send("\(number)", to: .user("bob")) }
            try await bob.hears(5)
            ann.receive(.sync(pair, after: 1, limit: 3))
            try await eventually { ann.synced == [4] }
            #expect(ann.seqs(of: pair) == [2, 3, 4])
            ann.receive(.typing(.user("bob")))
            try await eventually { bob.typing == ["ann"] }
            #expect(ann.typing.isEmpty)
        }
    }

    @Test("What is wrong is said, with the message's id, and what comes after it is done")
    func failures() async throws {
        try await withChatFleet(of: 1) { fleet in
            let ann = try await fleet[0].connect("ann")
            ann.send("", to: .user("bob"), id: "empty")
            ann.receive(.received(pair, through: -1))
            ann.receive(.sync(pair, after: 0, limit: 1_000))
            ann.send("x", to: .group("unknown"), id: "nowhere")
            ann.send("good", to: .user("bob"))
            try await ann.isAssured(of: 1)
            #expect(ann.failures.count == 4)
            let ids = ann.told.compactMap { if case .failed(_, let id) = $0 { id } else { nil } }
            #expect(ids == ["empty", "nowhere"])
        }
    }

    @Test("A client that sends faster than it can be done is not listened to until it has been")
    func flood() async throws {
        try await withChatFleet(of: 1) { fleet in
            let ann = try await fleet[0].connect("ann")
            fleet.redisServer.pause()
            for number in 1...200 { ann.send("\(number)", to: .user("bob")) }
            try await eventually { !ann.isReceiving }
            fleet.redisServer.resume()
            try await ann.isAssured(of: 200)
            try await eventually { ann.isReceiving }
            #expect(ann.sent.map(\.seq) == Array(1...200))
        }
    }

    @Test("Connecting while others send, again and again: nothing is missing, doubled or out of order")
    func racing() async throws {
        try await withChatFleet(of: 3) { fleet in
            _ = try await fleet[0].chat.conversations.createGroup("g", members: ["ann", "bob", "eve"], owner: "bob")
            let conversations = [pair, .group("g")]
            let bob = try await fleet[0].connect("bob")
            let eve = try await fleet[1].connect("eve")
            let sending = Task {
                for number in 1...400 {
                    bob.send("\(number)", to: number.isMultiple(of: 2) ? .user("ann") : .group("g"))
                    eve.send("\(number)", to: .group("g"))
                    if number.isMultiple(of: 10) { try await bob.isAssured(of: number) }
                }
            }
            var random = SeededGenerator()
            var acknowledged: [ConversationID: Int] = [:]
            var heard: [ConversationID: Int] = [:]
            while heard[pair] ?? 0 < 200 || heard[.group("g")] ?? 0 < 600 {
                let ann = try await fleet[random.pick([0, 1, 2])].connect("ann")
                let goal = ann.messages.count + random.pick([0, 1, 20, 100])
                try await wait(atMost: .seconds(2)) {
                    ann.messages.count >= goal || (ann.seqs(of: pair).last == 200 && ann.seqs(of: .group("g")).last == 600)
                }
                try await ann.close()
                for conversation in conversations {
                    let seqs = ann.seqs(of: conversation)
                    guard let first = seqs.first, let last = seqs.last else { continue }
                    #expect(seqs == Array(first...last), "\(random)")
                    #expect(first == (acknowledged[conversation] ?? 0) + 1, "\(random)")
                    heard[conversation] = max(heard[conversation] ?? 0, last)
                    let seq = random.pick(seqs)
                    acknowledged[conversation] = seq
                    try await fleet[0].chat.conversations.advance("ann", in: conversation, received: seq, read: nil)
                }
            }
            try await sending.value
        }
    }
}
