import EmbeddedRedis
import TestSupport
import Testing

/// Users on several servers are as good as users on one.
@Suite(.slots(2))
struct FleetTests {
    @Test func `messages, receipts and typing cross from server to server`() async throws {
        try await withChatFleet { _, services in
            let ann = try await ChatClient.join(services[0], as: "ann")
            let bob = try await ChatClient.join(services[1], as: "bob")
            #expect(ann.welcome.server != bob.welcome.server)
            for seq in 1...20 {
                let (sender, other) = seq % 2 == 0 ? (bob, ann) : (ann, bob)
                let sent = try await sender.send("\(seq)", to: .user(other.user))
                let message = try await other.next("message")
                #expect(sent.seq == seq && message.seq == seq && message.text == "\(seq)")
                #expect(message.conversation == sent.conversation && message.at == sent.at)
            }
            let conversation = try #require(try await ann.send("last", to: .user("bob")).conversation)
            try await bob.tell(.read(conversation, 21))
            _ = try await ann.next { $0.type == "receipt" && $0.user == "bob" && $0.received == 21 && $0.read == 21 }
            try await bob.tell(.typing(to: .user("ann")))
            #expect(try await ann.next("typing").from == "bob")
            for service in services {
                #expect(try await service.history(of: conversation, as: "ann").map(\.seq) == Array(1...21))
                #expect(try await service.conversations(of: "bob").map(\.unread) == [0])
                #expect(
                    try await service.receipts(of: conversation, as: "bob").contains(.init(user: "bob", received: 21, read: 21)))
            }
        }
    }

    @Test func `all send at once: each conversation has one order, and everybody sees it`() async throws {
        try await withChatFleet { _, services in
            let names = (0..<4).map { "user \($0)" }
            // Two devices each, on different servers.
            var devices: [[ChatClient]] = []
            for name in names {
                devices.append([
                    try await ChatClient.join(services[0], as: name), try await ChatClient.join(services[1], as: name),
                ])
            }
            try await services[0].createGroup("g", Array(names.dropFirst()), owner: names[0])
            try await withThrowingTaskGroup { group in
                for (index, pair) in devices.enumerated() {
                    for (number, device) in pair.enumerated() {
                        group.addTask {
                            try await device.tell((1...50).map { .send("\(index) \(number) \($0)", "text", to: .group("g")) })
                            var last = 0
                            for count in 1...50 {
                                let sent = try await device.next("sent")
                                #expect(sent.id == "\(index) \(number) \(count)" && sent.seq ?? 0 > last)
                                last = sent.seq ?? 0
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let stored = try await services[1].history(of: "group.g", as: names[0])
            #expect(stored.map(\.seq) == Array(1...400) && Set(stored.map { $0.from + $0.id }).count == 400)
            for (index, pair) in devices.enumerated() {
                for (number, device) in pair.enumerated() {
                    let expected = stored.filter { !$0.id.hasPrefix("\(index) \(number) ") }
                    let messages = try await device.messages(350)
                    #expect(messages.map(\.seq) == expected.map(\.seq) && messages.map(\.id) == expected.map(\.id))
                    #expect(await device.take("message").isEmpty)
                }
            }
        }
    }

    @Test func `a user may send as much as one may, on however many servers`() async throws {
        try await withChatFleet(of: 2, []) { _, services in
            let start = ContinuousClock.now
            var clients: [ChatClient] = []
            for index in 0..<4 { clients.append(try await ChatClient.join(services[index % 2], as: "ann")) }
            for (index, client) in clients.enumerated() {
                try await client.tell((0..<50).map { .send("\(index) \($0)", "text", to: .user("bob")) })
            }
            var sent = 0
            for client in clients {
                for _ in 0..<50 where try await client.next(where: { $0.type == "sent" || $0.type == "error" }).type == "sent" {
                    sent += 1
                }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            #expect((20...Int(21 + seconds * 10)).contains(sent))
        }
    }

    @Test func `presence is that of all servers`() async throws {
        try await withChatFleet { _, services in
            let watcher = try await ChatClient.join(services[1], as: "watcher")
            try await watcher.tell(.watch(["ann"]))
            #expect(try await watcher.next("presence").online == false)
            let desk = try await ChatClient.join(services[0], as: "ann")
            #expect(try await watcher.next("presence").online == true)
            let phone = try await ChatClient.join(services[1], as: "ann")
            for service in services {
                try await eventually("both count") { try await service.presence(of: "ann").map(\.connections) == [2] }
            }
            try await phone.leave()
            for service in services {
                try await eventually("one counts") { try await service.presence(of: "ann").map(\.connections) == [1] }
                #expect(try await service.presence(of: "ann")[0].online)
            }
            #expect(await watcher.kept.isEmpty)
            try await desk.socket.connection.reset()
            let offline = try await watcher.next("presence")
            #expect(offline.online == false && offline.lastSeenAt?.isTime == true)
        }
    }

    @Test func `who was away gets what he missed, in order, before what is sent meanwhile`() async throws {
        try await withChatFleet { _, services in
            let ann = try await ChatClient.join(services[0], as: "ann")
            let eve = try await ChatClient.join(services[0], as: "eve")
            try await services[0].createGroup("g", ["bob", "eve"], owner: "ann")
            var conversation: String?
            for number in 1...300 {
                conversation = try await ann.send("\(number)", to: .user("bob")).conversation
                if number % 3 == 0 { try await eve.send("\(number)", to: .group("g")) }
            }
            async let more: Void = { for number in 301...400 { try await ann.send("\(number)", to: .user("bob")) } }()
            async let others: Void = { for number in 301...400 { try await eve.send("\(number)", to: .group("g")) } }()
            let bob = try await ChatClient.join(services[1], as: "bob")
            try await more
            try await others
            let pair = try await bob.messages(400, of: conversation)
            #expect(pair.map(\.seq) == Array(1...400) && pair.map(\.text) == (1...400).map { "\($0)" })
            let group = try await bob.messages(200, of: "group.g")
            #expect(group.map(\.seq) == Array(1...200))
            #expect(try await bob.settles().allSatisfy { $0.type == "receipt" })
        }
    }
}
