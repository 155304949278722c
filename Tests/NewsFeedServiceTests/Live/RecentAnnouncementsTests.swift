@testable import NewsFeed
import Testing

@testable import news_feed

@Suite struct RecentAnnouncementsTests {
    @Test func `what is too much loses its oldest, and what was taken is gone`() throws {
        var recent = RecentAnnouncements()
        #expect(recent.take().isEmpty)
        for number in 0..<10_000 { recent.append(try #require(Announcement(text: "0000000000000 - \(number)"))) }
        let taken = recent.take().map(\.author)
        #expect((1...1024).contains(taken.count))
        #expect(taken == (0..<10_000).suffix(taken.count).map(String.init))
        #expect(recent.take().isEmpty)
    }
}
