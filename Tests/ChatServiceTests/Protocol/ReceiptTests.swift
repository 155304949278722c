import TestSupport
import Testing

/// What has arrived and what was read.
@Suite(.service(.chat), .serialized)
struct ReceiptTests {
    @Test func `what was not received comes again, in order, before anything new`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = fresh("bob")
        for number in 1...10 { try await ann.send("\(number)", to: .user(bob)) }
        var conversation = ""
        for received in [0, 4, 7] {
            let client = try await ChatClient.join(service, as: bob)
            let messages = try await client.messages(10 - received)
            #expect(messages.map(\.seq) == Array(received + 1...10))
            #expect(messages.map(\.text) == messages.map { "\($0.seq ?? 0)" })
            conversation = try #require(messages[0].conversation)
            // Cumulative, and never back.
            if received == 4 { try await client.acknowledge(conversation, 7, at: service) }
            try await client.acknowledge(conversation, received == 0 ? 4 : 2, at: service)
            try await client.leave()
        }
        let last = try await ChatClient.join(service, as: bob)
        #expect(try await last.messages(3).map(\.seq) == [8, 9, 10])
        try await ann.send("11", to: .user(bob))
        #expect(try await last.messages(1).map(\.seq) == [11])
        // More than there is: all of it.
        try await last.tell(.received(conversation, 1_000_000))
        try await eventually("all of it") {
            try await service.receipts(of: conversation, as: bob).contains { $0.user == bob && $0.received == 11 }
        }
        try await last.leave()
        let empty = try await ChatClient.join(service, as: bob)
        try await ann.send("12", to: .user(bob))
        #expect(try await empty.messages(1).map(\.seq) == [12])
    }

    @Test func `the sender is told who has received and read what`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        for number in 1...5 { try await ann.send("\(number)", to: .user(bob.user)) }
        let conversation = try #require(try await bob.messages(5).first?.conversation)
        let receipt = { @Sendable (received: Int, read: Int) in
            { @Sendable (frame: ServerFrame) in
                frame.type == "receipt" && frame.conversation == conversation && frame.user == bob.user
                    && frame.received == received && frame.read == read
            }
        }
        try await bob.tell(.received(conversation, 3))
        _ = try await ann.next(where: receipt(3, 0))
        try await bob.tell(.read(conversation, 2))
        _ = try await ann.next(where: receipt(3, 2))
        // What was read has been received.
        try await bob.tell(.read(conversation, 5))
        _ = try await ann.next(where: receipt(5, 5))
        let receipts = try await service.receipts(of: conversation, as: ann.user)
        #expect(receipts.count == 2 && receipts.contains(.init(user: bob.user, received: 5, read: 5)), "\(receipts)")
        #expect(receipts.map(\.user).contains(ann.user))
    }

    @Test func `unread counts go up with messages, and down with reading`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        func unread() async throws -> [Int] { try await service.conversations(of: bob.user).map(\.unread) }
        for number in 1...5 { try await ann.send("\(number)", to: .user(bob.user)) }
        let conversation = try #require(try await bob.messages(5).first?.conversation)
        #expect(try await unread() == [5])
        try await bob.acknowledge(conversation, 5, at: service)
        #expect(try await unread() == [5])
        try await bob.tell(.read(conversation, 3))
        try await eventually("two are unread") { try await unread() == [2] }
        try await ann.send("6", to: .user(bob.user))
        #expect(try await unread() == [3])
        try await bob.tell(.read(conversation, 6))
        try await eventually("none is unread") { try await unread() == [0] }
        #expect(try await service.conversations(of: ann.user).map(\.unread) == [0])
    }

    @Test func `only members have a say`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let eve = try await ChatClient.join(service, as: fresh("eve"))
        let bob = fresh("bob")
        let conversation = try #require(try await ann.send(to: .user(bob)).conversation)
        for frame in [ClientFrame.received(conversation, 1), .read(conversation, 1), .sync(conversation, after: 0, limit: 10)] {
            try await eve.tell(frame)
            #expect(try await eve.next("error").code?.isEmpty == false)
        }
        #expect(try await eve.settles().isEmpty)
        #expect(try await service.receipts(of: conversation, as: ann.user).map(\.user).contains(eve.user) == false)
    }
}
