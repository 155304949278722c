import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("A sender is killed at any command, and the message is sent again")
struct AppendFaultTests {
    @Test(
        "It is there once, every recipient finds it, and it was published",
        arguments: FaultyRedis.Fate.allCases, [Recipient.user("ben"), .group("g")])
    func killed(fate: FaultyRedis.Fate, to recipient: Recipient) async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            try await stores.store.createGroup("g", members: ["ben", "cid"], owner: "ann")
            let conversation = recipient.conversation(from: "ann")
            try await ServerEar.with("s", on: stores) { ears in
                try await ears[0].connect("ben", stores)
                try await stores.store.enroll(server: "s", in: ["g"])
                var (number, isDead) = (0, true)
                while isDead {
                    // Ben has received everything, and what was noted before is not looked at again.
                    for _ in 0..<2 {
                        clock.advance(by: 100_000)
                        for found in try await stores.store.unreceived(of: "ben").conversations {
                            try await stores.store.advance("ben", in: found.id, received: number, read: nil)
                        }
                        try await stores.store.noteReceived(by: "ben", through: clock.now)
                    }
                    clock.advance(by: 100_000)
                    let (dying, faulty) = stores.dying(at: number, fate)
                    let first = try? await dying.send("text", id: "\(number)", from: "ann", to: recipient)
                    isDead = faulty.isDead
                    let isThere = try await stores.store.record(of: conversation)?.position.seq == number + 1
                    #expect(try await stores.store.unreceived(of: "ben").conversations.isEmpty == !isThere, "killed at \(number)")
                    let again = try await stores.store.send("text", id: "\(number)", from: "ann", to: recipient)
                    #expect(again.seq == number + 1 && (first == nil || again.isRepeat))
                    let found = try await stores.store.unreceived(of: "ben").conversations
                    #expect(found.map(\.position.seq) == [number + 1])
                    number += 1
                }
                #expect(number > 2)
                #expect(try await stores.messages(of: conversation, for: "ben").map(\.id) == (0..<number).map { "\($0)" })
                try await ears[0].catchesUp(stores)
                #expect(Set(ears[0].messages.map(\.seq)) == Set(1...number))
                let news = ears[0].messages.filter { !$0.isRepeat }.map(\.seq)
                #expect(news == Array(1...number))
            }
        }
    }
}
