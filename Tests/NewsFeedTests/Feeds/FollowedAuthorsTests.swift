import Testing

@testable import NewsFeed

@Suite struct FollowedAuthorsTests {
    private func followed(_ names: [String], version: String = "v", pulled: PulledAuthors = .none) -> FollowedAuthors {
        FollowedAuthors(version: version, names: names.map { Array($0.utf8) }, pulledAuthors: pulled)
    }

    @Test func holdsThoseWhoAreFollowedAndNobodyElse() {
        let names = (0..<3_000).map { "user\($0)" } + ["e\u{301}", " ", "a\u{0}b"]
        let followed = followed(names)
        #expect(followed.count == names.count)
        for name in names { #expect(followed.contains(UserName(name))) }
        // The second looks like one of them, and is spelt otherwise.
        for name in ["user3000", "\u{E9}", "", "user", "a"] { #expect(!followed.contains(UserName(name))) }
        #expect(!self.followed([]).contains(UserName("user0")))
    }

    @Test func knowsWhoseListsAreMerged() {
        let pulled = PulledAuthors(version: "1", names: ["a", "c", "z"].map { UserName($0) })
        let first = followed(["a", "b", "c"], pulled: pulled)
        #expect(Set(first.pulled) == [UserName("a"), UserName("c")])
        let second = first.with(PulledAuthors(version: "2", names: ["b", "z"].map { UserName($0) }))
        #expect(second.pulled == [UserName("b")])
        #expect(second.contains(UserName("a")))
    }

    @Test func isRememberedForItsVersionOnly() {
        let cache = FollowCache()
        let user = UserName("u")
        cache.note(followed(["a"], version: "1"), of: user)
        #expect(cache.followed(by: user, version: "1")?.contains(UserName("a")) == true)
        #expect(cache.followed(by: user, version: "2") == nil)
        #expect(cache.followed(by: UserName("v"), version: "1") == nil)
        cache.note(PulledAuthors(version: "1", names: [user]))
        #expect(cache.pulledAuthors(version: "1")?.contains(user) == true)
        #expect(cache.pulledAuthors(version: "2") == nil)
    }

    @Test func memoryIsBounded() {
        let cache = FollowCache(capacity: 1_000)
        let names = (0..<100).map { "author\($0)" }
        for _ in 0..<3 {
            for number in 0..<50 { cache.note(followed(names), of: UserName("reader\(number)")) }
        }
        let remembered = (0..<50).filter { cache.followed(by: UserName("reader\($0)"), version: "v") != nil }
        #expect((1...9).contains(remembered.count))
    }
}
