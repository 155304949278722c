import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Days come and go")
struct DayTests {
    private static let day = 86_400_000

    @Test("History goes on across days, as far back as it is kept; numbers go on in any case")
    func history() async throws {
        let clock = TestClock()
        try await withStores(clock: clock, configure: { $1.retentionDays = 3 }) { stores in
            for number in 1...20 {
                try await stores.store.send("\(number)", from: "ann", to: .user("ben"))
                clock.advance(by: Self.day / 2)
            }
            // It is noon of day 10 and nothing was sent today: kept are days 7, 8 and 9, of two messages each.
            let conversation = ConversationID.pair("ann", "ben")
            for limit in [1, 2, 3, 5, 200] {
                #expect(
                    try await stores.store.allMessages(of: conversation, for: "ben", limit: limit).map(\.seq) == Array(14...20))
            }
            let page = try await stores.store.messages(of: conversation, for: "ben", after: 3, limit: 2)
            #expect(page.messages.map(\.seq) == [14, 15] && page.through == 15 && page.position.seq == 20)
            let days = try await stores.redis.send(RedisCommand("ZCARD", ChatKeys.days(of: conversation))).decode(as: Int.self)
            #expect(days <= 5)
            clock.advance(by: 30 * Self.day)
            let empty = try await stores.store.messages(of: conversation, for: "ben", after: 3, limit: 2)
            #expect(empty.messages.isEmpty && empty.through == 20)
            #expect(try await stores.store.send("new", from: "ben", to: .user("ann")).seq == 21)
            #expect(try await stores.messages(of: conversation, for: "ann").map(\.seq) == [21])
        }
    }

    @Test("Every key of a day has an end, and nothing else has")
    func expiry() async throws {
        try await withStores(configure: { $1.retentionDays = 2 }) { stores in
            let sent = try await stores.store.send("x", from: "ann", to: .user("ben"))
            let day = LogDay(of: sent.at).text
            let log = try await stores.run("PTTL", ChatKeys.log(of: sent.conversation, day: day)).decode(as: Int.self)
            #expect((2 * Self.day)...(3 * Self.day) ~= log)
            let record = try await stores.run("PTTL", ChatKeys.sent(in: sent.conversation, day: day)).decode(as: Int.self)
            #expect((Self.day)...(2 * Self.day) ~= record)
            #expect(try await stores.run("PTTL", ChatKeys.state(of: sent.conversation)) == .integer(-1))
        }
    }

    @Test(
        "A repetition is known for 24 hours, across midnight, and not for ever",
        arguments: [1, 3_600_000, 43_199_999, 43_200_000])
    func repetition(later: Int) async throws {
        let clock = TestClock()
        try await withStores(clock: clock) { stores in
            let first = try await stores.store.send("one", id: "x", from: "ann", to: .user("ben"))
            clock.advance(by: later)
            try await stores.store.send("between", from: "ben", to: .user("ann"))
            clock.advance(by: Self.day - later)
            let again = try await stores.store.send("two", id: "x", from: "ann", to: .user("ben"))
            #expect(again.isRepeat && again.seq == first.seq && again.at == first.at)
            clock.advance(by: Self.day)
            #expect(try await stores.store.send("three", id: "x", from: "ann", to: .user("ben")).seq == 3)
        }
    }

    @Test("A clock that goes back a day does not mix the days up")
    func backwards() async throws {
        let clock = TestClock()
        try await withStores(of: 2, clock: clock) { stores in
            for number in 1...3 { try await stores[0].send("\(number)", id: "\(number)", from: "ann", to: .user("ben")) }
            clock.advance(by: -2 * Self.day)
            for number in 4...6 { try await stores[number].send("\(number)", id: "\(number)", from: "ann", to: .user("ben")) }
            #expect(try await stores[1].send("again", id: "2", from: "ann", to: .user("ben")).isRepeat)
            clock.advance(by: 3 * Self.day)
            try await stores[0].send("7", from: "ann", to: .user("ben"))
            for limit in [1, 2, 200] {
                let messages = try await stores.store.allMessages(of: .pair("ann", "ben"), for: "ann", limit: limit)
                #expect(messages.map(\.text) == (1...7).map { "\($0)" })
            }
        }
    }
}
