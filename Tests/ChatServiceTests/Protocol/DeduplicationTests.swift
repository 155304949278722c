import TestSupport
import Testing

/// The same identifier from the same user is one message.
@Suite(.slots(2))
struct DeduplicationTests {
    @Test func `sent again it has its first number, whatever its text, from whatever device and server`() async throws {
        try await withChatFleet { _, services in
            let ann = try await ChatClient.join(services[0], as: "ann")
            let bob = try await ChatClient.join(services[1], as: "bob")
            let first = try await ann.send("first", to: .user("bob"), id: "a")
            #expect(try await ann.send("second", to: .user("bob"), id: "b").seq == 2)
            #expect(try await ann.send("first", to: .user("bob"), id: "a") == first)
            #expect(try await ann.send("another text", to: .user("bob"), id: "a") == first)
            let phone = try await ChatClient.join(services[1], as: "ann")
            #expect(try await phone.send("from elsewhere", to: .user("bob"), id: "a") == first)
            // It is somebody else's name for something else.
            #expect(try await bob.send("third", to: .user("ann"), id: "a").seq == 3)
            #expect(try await ann.send("fourth", to: .user("bob"), id: "d").seq == 4)

            #expect(try await bob.messages(3).map(\.text) == ["first", "second", "fourth"])
            #expect(try await bob.settles().allSatisfy { $0.type != "message" })
            let stored = try await services[1].history(of: try #require(first.conversation), as: "bob")
            #expect(stored.map(\.text) == ["first", "second", "third", "fourth"] && stored.map(\.seq) == [1, 2, 3, 4])
        }
    }

    @Test func `sent to two servers at once it is one message too`() async throws {
        try await withChatFleet { _, services in
            let bob = try await ChatClient.join(services[0], as: "bob")
            let senders = [
                try await ChatClient.join(services[0], as: "ann"), try await ChatClient.join(services[1], as: "ann"),
                try await ChatClient.join(services[1], as: "ann"),
            ]
            let frames = (1...100).map { ClientFrame.send("\($0)", "text \($0)", to: .user("bob")) }
            for sender in senders { try await sender.tell(frames) }
            var answers: [[Int?]] = []
            for sender in senders {
                var seqs: [Int?] = []
                for number in 1...100 {
                    let sent = try await sender.next("sent")
                    #expect(sent.id == "\(number)")
                    seqs.append(sent.seq)
                }
                answers.append(seqs)
            }
            #expect(answers[0] == answers[1] && answers[0] == answers[2] && Set(answers[0]) == Set(1...100))
            let messages = try await bob.messages(100)
            #expect(messages.map(\.seq) == Array(1...100) && Set(messages.map(\.id)).count == 100)
            let marker = try await senders[0].send("marker", to: .user("bob"))
            #expect(marker.seq == 101)
            #expect(try await bob.next("message").text == "marker")
        }
    }
}
