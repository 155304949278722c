import TestSupport
import Testing

/// Messages between two, on one server.
@Suite(.service(.chat), .serialized)
struct SendingTests {
    @Test func `one is welcomed, and each connection has a name of its own`() async throws {
        let service = try RunningService.shared
        let ann = fresh("ann")
        let first = try await ChatClient.join(service, as: ann)
        let second = try await ChatClient.join(service, as: ann)
        #expect(first.welcome.user == ann && second.welcome.user == ann)
        #expect(first.welcome.server?.isEmpty == false && first.welcome.server == second.welcome.server)
        #expect(first.welcome.connection?.isEmpty == false && first.welcome.connection != second.welcome.connection)
    }

    @Test func `a pair has one conversation, numbered from 1 on both sides`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        for seq in 1...6 {
            let (sender, other) = seq % 3 == 0 ? (bob, ann) : (ann, bob)
            let sent = try await sender.send("text \(seq)", to: .user(other.user), id: "id \(seq)")
            #expect(sent.seq == seq && sent.id == "id \(seq)" && sent.at?.isTime == true)
            let message = try await other.next("message")
            #expect(message.seq == seq && message.id == "id \(seq)" && message.text == "text \(seq)")
            #expect(message.from == sender.user && message.at == sent.at && message.conversation == sent.conversation)
        }
        // Who sent it has `sent`, and nothing else.
        #expect(try await ann.settles().allSatisfy { $0.type == "receipt" })
        #expect(try await bob.settles().allSatisfy { $0.type == "receipt" })
    }

    @Test func `all devices have all messages, but for the one that sent it`() async throws {
        let service = try RunningService.shared
        let (ann, bob) = (fresh("ann"), fresh("bob"))
        let desk = try await ChatClient.join(service, as: ann)
        let phone = try await ChatClient.join(service, as: ann)
        let others = [try await ChatClient.join(service, as: bob), try await ChatClient.join(service, as: bob)]
        try await desk.send("from the desk", to: .user(bob))
        try await phone.send("from the phone", to: .user(bob))
        for other in others {
            #expect(try await other.messages(2).map(\.text) == ["from the desk", "from the phone"])
        }
        #expect(try await phone.next("message").text == "from the desk")
        let message = try await desk.next("message")
        #expect(message.text == "from the phone" && message.seq == 2 && message.from == ann)
        #expect(try await desk.settles().allSatisfy { $0.type != "message" })
        #expect(try await phone.settles().allSatisfy { $0.type != "message" })
    }

    @Test func `what is written to oneself is there for all of one's devices`() async throws {
        let service = try RunningService.shared
        let ann = fresh("ann")
        let desk = try await ChatClient.join(service, as: ann)
        let phone = try await ChatClient.join(service, as: ann)
        #expect(try await desk.send("a note", to: .user(ann)).seq == 1)
        #expect(try await phone.next("message").text == "a note")
        #expect(try await service.conversations(of: ann).map(\.with) == [ann])
    }

    @Test func `what one connection sends keeps its order`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        try await ann.tell((1...20).map { .send("\($0)", "text \($0)", to: .user(bob.user)) })
        var answers: [ServerFrame] = []
        for _ in 1...20 { answers.append(try await ann.next("sent")) }
        #expect(answers.map(\.seq) == Array(1...20) && answers.map(\.id) == (1...20).map { "\($0)" })
        let messages = try await bob.messages(20)
        #expect(messages.map(\.seq) == Array(1...20) && messages.map(\.text) == (1...20).map { "text \($0)" })
    }

    @Test(arguments: [
        "\u{0}", "\"\\\n\r\t\u{8}\u{C}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "e\u{301} is not \u{E9}", "\u{202E}txet",
        "<script>alert(1)</script>", "\u{2028}\u{2029}\u{7F}\u{FEFF}", "{\"type\":\"sent\"}", " ", "1 0 message *\r\n$5\r\n",
    ])
    func `text arrives byte by byte`(_ text: String) async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob \u{1F600}/%41?&,\"\u{301}"))
        let sent = try await ann.send(text, to: .user(bob.user), id: text)
        let message = try await bob.next("message")
        #expect(message.text?.utf8.elementsEqual(text.utf8) == true && message.id?.utf8.elementsEqual(text.utf8) == true)
        let stored = try await service.history(of: try #require(sent.conversation), as: bob.user)
        #expect(stored.count == 1 && stored[0].text.utf8.elementsEqual(text.utf8) && stored[0].at == sent.at)
    }

    @Test func `names are told apart byte for byte`() async throws {
        let service = try RunningService.shared
        let suffix = fresh("")
        let names = ["caf\u{E9}", "cafe\u{301}", "Caf\u{E9}", "caf\u{E9} "].map { $0 + suffix }
        var clients: [ChatClient] = []
        for name in names { clients.append(try await ChatClient.join(service, as: name)) }
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        for (name, client) in zip(names, clients) {
            let sent = try await ann.send(name, to: .user(name))
            #expect(sent.seq == 1)
            #expect(try await client.next("message").text?.utf8.elementsEqual(name.utf8) == true)
            #expect(try await client.settles().isEmpty)
        }
    }

    @Test(arguments: ["a", "\u{1}", "\u{E9}", "\u{1F600}"])
    func `16 KiB are a message, however they are written, and one byte more is none`(_ character: String) async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        let longest = String(repeating: character, count: 16_384 / character.utf8.count)
        let escaped = longest.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
        for (id, text) in [("short", longest.contains("\u{1}") ? escaped : longest), ("escaped", escaped)] {
            try await ann.socket.send(#"{"type":"send","id":"\#(id)","to":{"user":"\#(bob.user)"},"text":"\#(text)"}"#)
            #expect(try await ann.next("sent").id == id)
            #expect(try await bob.next("message").text == longest)
        }
        // Not even the beginning of a text that is longer.
        try await ann.tell(.send("long", longest + "x", to: .user(bob.user)))
        #expect(try await ann.socket.closed().code == 1009)
        let again = try await ChatClient.join(service, as: ann.user)
        #expect(try await again.send("next", to: .user(bob.user)).seq == 3)
        #expect(try await bob.next("message").text == "next")
    }
}
