import Foundation
import TestSupport
import Testing

@testable import URLShortener

@Suite("What visits are read from and written as")
struct VisitTextTests {
    @Test(arguments: [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Slackbot-LinkExpanding 1.0",
        "Twitterbot/1.0",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "WhatsApp/2.23.20.0 A", "SkypeUriPreview",
        "TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; Baiduspider/2.0)", "LinkedInBot/1.0", "GPTBot/1.2",
        "ia_archiver",
        "Mozilla/5.0 (compatible; Yahoo! Slurp)", "UptimeRobot/2.0", "http.rb/5.1 (Mastodon/4.2)", "SOME CRAWLER", "CUBOT bot",
    ])
    func bots(userAgent: String) {
        #expect(BotDetector.isBot(userAgent))
    }

    @Test(arguments: [
        "", "curl/8.5.0", "Wget/1.21", "python-requests/2.31", "Go-http-client/2.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0", "b", "bo", "\u{1F916}",
        "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/119.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Version/17.1 Mobile/15E148 Safari/604.1",
        String(repeating: "x", count: 5000) + "bot",
    ])
    func people(userAgent: String) {
        #expect(!BotDetector.isBot(userAgent))
    }

    @Test(arguments: [
        ("https://Example.COM/path?q=1#f", "example.com"), ("http://example.com", "example.com"), ("HTTPS://a.b:8443/", "a.b"),
        ("https://user:secret@host.example./x", "host.example"), ("http://[2001:DB8::1]:80/", "[2001:db8::1]"),
        ("http://localhost?x", "localhost"), ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:3000", "127.0.0.1"), ("https://a_b.example", "a_b.example"), ("http://a@b@c/", "c"),
        ("https://example.com/" + String(repeating: "a", count: 9000), "example.com"),
    ])
    func referrer(_ referrer: String, _ host: String) {
        #expect(ReferrerHost.host(ofReferrer: referrer) == host)
    }

    @Test(arguments: [
        "", "-", "example.com", "ftp://example.com/", "javascript:alert(1)", "http://", "https:///x", "http://:80",
        "http://a..b/",
        "http://.a/", "http://a b/", "http://a=1/", "http://bücher.example/", "http://a%20b/", "http://[::1", "http://[]/",
        "http://[zz]/", "http://a:80x/", "http://a:8080808/", "http://a\n/", "http://a\0/", "http://..", "https://user@",
        "http://" + String(repeating: "a", count: 64) + "/", "http://" + String(repeating: "a.", count: 200) + "b/",
        "http://[" + String(repeating: "1:", count: 40) + "]/", "about:client", "http:/example.com", "http://<script>/",
    ])
    func hostileReferrer(_ referrer: String) {
        #expect(ReferrerHost.host(ofReferrer: referrer) == nil)
    }

    @Test("Whatever stands in the header: a host that is safe in a counter's name, or none")
    func anyReferrer() {
        var random = SeededGenerator()
        let pieces = [
            "http://", "https://", "a", "B9", ".", ":", "80", "@", "[", "]", "::1", "/", "?", "#", " ", "=", "\u{E9}", "_-",
        ]
        for _ in 0..<20_000 {
            let referrer = (0..<Int.random(in: 0...9, using: &random)).map { _ in random.pick(pieces) }.joined()
            guard let host = ReferrerHost.host(ofReferrer: referrer) else { continue }
            let isSafe = host.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && !(0x41...0x5A).contains($0) && $0 != UInt8(ascii: "=")
            }
            #expect(isSafe && !host.isEmpty && host.utf8.count <= 253, "\(referrer)")
        }
    }

    @Test func countries() {
        #expect(CountryCode.code("de") == "DE" && CountryCode.code("FR") == "FR")
        for text in ["", "D", "DEU", "T1", "XX", "1 ", "é", "D\u{301}"] { #expect(CountryCode.code(text) == nil, "\(text)") }
    }

    @Test("The days of the calendar")
    func days() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = SeededGenerator()
        for number in [0, -1, 58, 59, 789, 11_016, 11_017, 20_778]
            + (0..<3000).map({ _ in Int.random(in: -100_000...200_000, using: &random) })
        {
            let date = Date(timeIntervalSince1970: Double(number) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let expected = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            #expect(CalendarDay(number: number).description == expected, "\(number)")
            #expect(CalendarDay(milliseconds: number * 86_400_000).number == number)
            #expect(CalendarDay(milliseconds: number * 86_400_000 + 86_399_999).number == number)
        }
    }

    @Test("What is written is read")
    func roundTrip() throws {
        var random = SeededGenerator()
        for _ in 0..<300 {
            var visits = LinkVisits()
            for visit in random.visits(Int.random(in: 0...40, using: &random), of: ["a"]) {
                visits.add(visit, keepsDetails: true)
            }
            let counts = VisitCounts(visits)
            #expect(VisitCounts(text: Array(counts.text.utf8)) == counts, "\(random)")
        }
    }

    @Test("Added up in parts or at once: the same")
    func merging() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            var (whole, first, second) = (LinkVisits(), LinkVisits(), LinkVisits())
            for visit in random.visits(Int.random(in: 0...40, using: &random), of: ["a"]) {
                whole.add(visit, keepsDetails: true)
                if Bool.random(using: &random) {
                    first.add(visit, keepsDetails: true)
                } else {
                    second.add(visit, keepsDetails: true)
                }
            }
            first.add(second, keepsDetails: true)
            let (one, other) = (VisitCounts(first), VisitCounts(whole))
            #expect(
                Set(one.counters + one.referrers) == Set(other.counters + other.referrers)
                    && one.lastVisitAt == other.lastVisitAt, "\(random)")
            #expect(Set(one.visitors) == Set(other.visitors), "\(random)")
        }
    }

    @Test("Visitors: the same on all instances, another with another address, agent or key")
    func visitorHash() async throws {
        try await withRedis { _, redis in
            let hashes = try await withThrowingTaskGroup(of: VisitorHash.self) { group in
                for _ in 0..<8 { group.addTask { try await VisitorHash.load(from: redis) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(hashes.map { $0.hash(address: "192.0.2.1", userAgent: "Firefox") }).count == 1)
        }
        let hash = VisitorHash(secret: "s")
        var seen: Set<UInt64> = []
        let long = String(repeating: "x", count: 200)
        let texts = ["", "1", "11", "a", "ab", "1234567", "12345678", "123456789", long, long + "y", "\0", "\0\0"]
        for address in texts {
            for userAgent in texts { #expect(seen.insert(hash.hash(address: address, userAgent: userAgent)).inserted) }
        }
        #expect(VisitorHash(secret: "t").hash(address: "a", userAgent: "b") != hash.hash(address: "a", userAgent: "b"))
        let endless = String(repeating: "x", count: 100_000)
        #expect(hash.hash(address: "a", userAgent: endless) == hash.hash(address: "a", userAgent: endless + "y"), "bounded")
    }
}
