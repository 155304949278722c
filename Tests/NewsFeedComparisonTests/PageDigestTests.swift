import Testing

@testable import NewsFeedComparison

@Suite("Digests of pages")
struct PageDigestTests {
    @Test("A digest tells pages apart")
    func digest() {
        func digest(_ pages: [(Int32, [Int])]) -> PageDigest {
            pages.reduce(into: PageDigest()) { $0.add(reader: $1.0, posts: $1.1) }
        }
        let pages: [[(Int32, [Int])]] = [
            [], [(1, [])], [(2, [])], [(1, [2])], [(1, [2, 3])], [(1, [3, 2])], [(1, [2]), (1, [3])], [(1, [2]), (2, [3])],
            [(1, [-1])],
        ]
        #expect(Set(pages.map(digest)).count == pages.count)
        #expect(digest(pages[6]) == digest(pages[6]))
    }
}
