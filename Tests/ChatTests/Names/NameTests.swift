import TestSupport
import Testing

@testable import Chat

@Suite("Names")
struct NameTests {
    @Test("A pair has one conversation, seen from either side; every pair another, also where names run into each other")
    func pairs() {
        let names = ["a", "b", "ab", "", "1:a", "a1", "b:", "Ä", "A\u{308}", "{a}", "%41"].map { UserName($0) }
        var seen: [ConversationID: Set<UserName>] = [:]
        for one in names {
            for other in names {
                let id = ConversationID.pair(one, other)
                #expect(id == .pair(other, one))
                #expect(id.group == nil && id.text.utf8.count == 27)
                #expect(ConversationID(id.text) == id)
                #expect(seen.updateValue([one, other], forKey: id) ?? [one, other] == [one, other])
            }
        }
        #expect(seen.count == names.count * (names.count + 1) / 2)
    }

    @Test("What can be no conversation is refused")
    func refused() throws {
        #expect(ConversationID("group.g1")?.group == GroupID("g1"))
        for text in ["", "user.", "group.", "group.a b", "user.abc", "g1", "user.AAAAAAAAAAAAAAAAAAAAAB", "group.{x}"] {
            #expect(throws: ChatError.self) { try ConversationID(validating: text) }
        }
        for text in ["", String(repeating: "g", count: 65), "ä", "a/b"] {
            #expect(throws: ChatError.self) { try GroupID(validating: text) }
        }
        for text in ["", String(repeating: "u", count: 257)] {
            #expect(throws: ChatError.self) { try UserName(validating: text) }
        }
        #expect(try UserName(validating: String(repeating: "ä", count: 128)).encoded.utf8.count == 768)
    }

    @Test("Users' names come back from keys and events")
    func encoding() {
        var random = SeededGenerator()
        for _ in 0..<2000 {
            let scalars = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                random.pick(["a", "Z", "9", ".", "%", " ", "{", "}", ":", "ä", "\u{0}", "🙂", "*", ",", "/"])
            }
            let name = UserName(scalars.joined())
            #expect(UserName(encoded: name.encoded.utf8) == name, "\(random)")
            #expect(name.encoded.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: ",") })
        }
        for text in ["", "%", "%4", "%41", "%zz", "a b", "%FF"] { #expect(UserName(encoded: text.utf8) == nil, "\(text)") }
    }

    @Test("Days, from 1970 on, by their text")
    func days() {
        #expect(LogDay(of: 0).text == "1970-01-01")
        #expect(LogDay(of: 951_782_400_000).text == "2000-02-29")
        #expect(LogDay(of: 1_795_262_400_000).text == "2026-11-21")
        #expect(LogDay(of: 1_795_262_400_000).start == 1_795_219_200_000)
        var random = SeededGenerator()
        for _ in 0..<3000 {
            let day = LogDay(number: Int.random(in: 0..<2_900_000, using: &random))
            #expect(LogDay(day.text) == day, "\(day.text)")
            #expect(day.before.text < day.text || day.number == 0)
        }
        for text in ["", "2026-02-29", "2026-1-01", "2026-13-01", "zzzz-01-01", "2026-11-21-", "-026-11-21"] {
            #expect(LogDay(text) == nil, "\(text)")
        }
    }

    @Test("What is unknown to whoever knew an earlier epoch")
    func epochs() {
        let epochs = ["a@1", "b@5,a@1", "c@9,b@5,a@1", "d@3,c@9,b@5,a@1"].map { Epoch($0) }
        #expect(epochs[1].firstUnknown(to: epochs[0]) == 5)
        #expect(epochs[2].firstUnknown(to: epochs[1]) == 9)
        #expect(epochs[2].firstUnknown(to: epochs[0]) == 5)
        #expect(epochs[3].firstUnknown(to: epochs[1]) == 3)
        #expect(epochs[3].firstUnknown(to: Epoch("x@1")) == 1)
        #expect(epochs[0].firstUnknown(to: epochs[0]) == .max)
        for text in ["", "@", "a", "a@x,b@5", ",,"] { #expect(Epoch(text).firstUnknown(to: Epoch("b@5")) == 1) }
    }

    @Test("A table of what was used lately is bounded, and keeps what is used")
    func table() {
        let table = RecentTable<Int, Int>(limit: 100)
        for number in 0..<10_000 {
            table.update(number) { _ in number }
            #expect(table[number] == number)
            #expect(table[0] == 0)
        }
        #expect(table.all.count <= 100)
        #expect(table.update(0) { _ in nil } == nil)
        #expect(table[0] == nil)
    }
}
