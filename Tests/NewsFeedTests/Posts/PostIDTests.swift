import TestSupport
import Testing

@testable import NewsFeed

@Suite("Identifiers of posts")
struct PostIDTests {
    @Test("They tell when they were made, and sort by it; as members the newest comes first")
    func order() throws {
        var random = SeededGenerator()
        var earlier: PostID?
        for _ in 0..<1000 {
            let time = Int.random(in: 0...4_000_000_000_000_000, using: &random)
            let id = PostID(createdAtMicroseconds: time)
            #expect(id.text.utf8.count == PostID.length)
            #expect(id.createdAtMilliseconds == time / 1000)
            #expect((PostID(createdAtMicroseconds: time + 1).text > id.text))
            #expect(PostID(id.text) == id)
            #expect(PostID(member: id.member) == id)
            if let earlier, earlier.createdAtMilliseconds != time / 1000 {
                #expect((earlier.text < id.text) == (earlier.createdAtMilliseconds < time / 1000), "\(random)")
            }
            if let earlier { #expect((earlier.text < id.text) == (earlier.member > id.member), "\(random)") }
            earlier = id
        }
    }

    @Test(
        "Nothing else is one",
        arguments: ["", "0", "0000000000000 ", "000000000000", "00000000000000", "000000000000-", "00000000000é"])
    func invalid(text: String) {
        #expect(PostID(text) == nil)
        #expect(PostID(member: text) == nil)
    }
}
