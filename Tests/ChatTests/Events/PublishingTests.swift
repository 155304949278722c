import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("What happens is published to the servers it concerns, once to each")
struct PublishingTests {
    @Test("A pair's messages go to the servers of both, numbered one after the other, with the sender's connection")
    func pair() async throws {
        try await withStores(of: 2) { stores in
            try await ServerEar.with("s1", "s2", "s3", on: stores) { ears in
                try await ears[0].connect("ann", stores)
                try await stores.run("HSET", ChatKeys.connections(of: "ann"), "another", "s1")
                try await ears[1].connect("a b", stores)
                try await ears[2].connect("eve", stores)
                let text = "two\nlines \u{0} 🙂"
                let sent = try await stores[0].append(
                    NewMessage(id: "ï d", to: .user("a b"), text: text), from: "ann", origin: "c-1")
                let again = try await stores[1].append(NewMessage(id: "ï d", to: .user("a b"), text: "?"), from: "ann")
                for number in 0..<5 { try await stores[number].send("\(number)", from: "a b", to: .user("ann")) }
                #expect(sent.unheard.isEmpty && again.isRepeat)
                for ear in ears[..<2] {
                    try await ear.catchesUp(stores)
                    #expect(ear.events.map { $0?.number } == Array(2...8))
                    #expect(ear.messages.map(\.seq) == [1, 1, 2, 3, 4, 5, 6])
                    #expect(ear.messages.map(\.isRepeat) == [false, true] + Array(repeating: false, count: 5))
                    let first = MessageEvent(
                        conversation: .pair("ann", "a b"), audience: .pair("a b", "ann"),
                        position: ConversationPosition(epoch: sent.epoch, seq: 1), at: sent.at, isRepeat: false, origin: "c-1",
                        from: "ann", id: "ï d", text: text)
                    #expect(ear.messages.first == first)
                    #expect(ear.messages[1].origin == nil && ear.messages[1].text == text)
                }
                #expect(ears[2].events.isEmpty)
            }
        }
    }

    @Test("A group's messages go to the servers that have entered it; who joins is told, who leaves hears no more behind it")
    func group() async throws {
        try await withStores { stores in
            let store = stores.store
            try await ServerEar.with("s1", "s2", on: stores) { ears in
                try await ears[0].connect("ben", stores)
                try await store.createGroup("g", members: ["ben", "cid"], owner: "ann")
                try await store.send("1", from: "ann", to: .group("g"))
                #expect(try await store.enter("cid", server: "s2") == ["g"])
                #expect(try await store.enter("eve", server: "s2").isEmpty)
                try await store.send("2", from: "ann", to: .group("g"))
                try await store.removeMember("ben", from: "g", by: "ann")
                try await store.send("3", from: "ann", to: .group("g"))
                try await ears[1].connect("dan", stores)
                try await store.addMember("dan", to: "g", by: "ann")
                try await store.withdraw(server: "s1", from: ["g"])
                try await store.send("4", from: "ann", to: .group("g"))
                for ear in ears { try await ear.catchesUp(stores) }
                func brief(_ ear: ServerEar) -> [String] {
                    ear.contents.map { content in
                        switch content {
                        case .message(let event): event.text
                        case .joined(let group, let user, _): "\(group.text)+\(user.text)"
                        case .left(let group, let user): "\(group.text)-\(user.text)"
                        default: "?"
                        }
                    }
                }
                #expect(brief(ears[0]) == ["g+ben", "1", "2", "g-ben", "3"])
                #expect(brief(ears[1]) == ["2", "g-ben", "3", "g+dan", "4"])
                #expect(
                    ears.allSatisfy { $0.messages.allSatisfy { $0.audience == .group("g") && $0.conversation == .group("g") } })
            }
        }
    }

    @Test("A server that is gone is not spoken to, and leaves nothing behind; who sends to a group is told of it")
    func gone() async throws {
        try await withStores { stores in
            try await stores.store.createGroup("g", members: [], owner: "ann")
            try await stores.store.enroll(server: "dead", in: ["g"])
            try await stores.run("HSET", ChatKeys.connections(of: "ann"), "c", "dead")
            #expect(try await stores.store.send("x", from: "ann", to: .group("g")).unheard == ["dead"])
            try await stores.store.send("x", from: "ann", to: .user("ben"))
            #expect(try await stores.run("EXISTS", ChatKeys.events(of: "dead")) == .integer(0))
            // It counts, and nobody listens.
            try await stores.run("SET", ChatKeys.events(of: "dead"), "1")
            #expect(try await stores.store.send("x", from: "ann", to: .group("g")).unheard == ["dead"])
        }
    }

    @Test("Receipts go to the members' servers when something has changed, in groups that are not too large")
    func receipts() async throws {
        try await withStores(configure: { $1.maximumReceiptMembers = 2 }) { stores in
            let store = stores.store
            try await ServerEar.with("s", on: stores) { ears in
                try await ears[0].connect("ann", stores)
                try await store.createGroup("g", members: ["ben"], owner: "ann")
                try await store.createGroup("h", members: ["ben", "cid"], owner: "ann")
                for recipient in [Recipient.user("ben"), .group("g"), .group("h")] {
                    for number in 0..<3 { try await store.send("\(number)", from: "ann", to: recipient) }
                    let conversation = recipient.conversation(from: "ann")
                    ears[0].clear()
                    for (received, read) in [(2, nil), (1, nil), (nil, 1), (2, 1), (nil, 3), (9, 9)] as [(Int?, Int?)] {
                        try await store.advance("ben", in: conversation, received: received, read: read)
                    }
                    try await ears[0].catchesUp(stores)
                    let expected = recipient == .group("h") ? [] : [[2, 0], [2, 1], [3, 3]]
                    let heard = ears[0].contents.compactMap { content in
                        if case .receipt(let event) = content, event.user == "ben" { [event.received, event.read] } else { nil }
                    }
                    #expect(heard == expected)
                }
            }
        }
    }
}
