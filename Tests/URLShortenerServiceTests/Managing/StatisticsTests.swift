import Foundation
import TestSupport
import Testing

/// What is told about the visits of a link, complete within a time that is promised.
@Suite(
    .service(.urlShortener, "--create-limit", "off", "--trusted-proxies", "127.0.0.0/8", "--country-header", "X-Country"),
    .serialized)
struct StatisticsTests {
    @Test func `a link that nobody has visited has zeros, and null`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        _ = try await service.visit(link.id, "HEAD")
        _ = try await service.request("GET", "/\(link.id)/preview")
        let reply = try await service.request("GET", "/v1/links/\(link.id)/stats")
        #expect(reply.text.contains(#""lastVisitAt":null"#), "\(reply)")
        #expect(
            try reply.json(StatisticsBody.self)
                == StatisticsBody(visits: 0, botVisits: 0, uniqueVisitors: 0, byDay: [], referrers: [], lastVisitAt: nil))
    }

    @Test func `people, bots, visitors, days and referrers are told apart`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let before = Date().addingTimeInterval(-0.002)
        // 3 addresses with 2 browsers each, 4 visits of each: half on the hot path, half through the router.
        for visit in 0..<24 {
            let headers = [
                ("X-Forwarded-For", "203.0.113.\(visit % 3)"), ("User-Agent", "Mozilla/5.0 (\(visit % 2)) Firefox/145.0"),
                ("Referer", ["https://News.example/page?x=1", "http://blog.example:8080/", "", "about:blank"][visit / 6]),
            ]
            let router = visit / 3 % 2 == 0 ? [] : [("Connection", "close")]
            #expect(try await service.visit(link.id, headers: headers + router).status == 302)
            #expect(try await service.visit(link.id, "HEAD", headers: headers + router).status == 302)
        }
        let bots = ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Slackbot-LinkExpanding 1.0"]
        for bot in bots {
            for router in [[], [("Connection", "close")]] {
                #expect(try await service.visit(link.id, headers: [("User-Agent", bot)] + router).status == 302)
            }
        }
        try await eventually("all is counted") {
            let statistics = try await service.statistics(of: link.id)
            return statistics.visits == 24 && statistics.botVisits == 4
        }
        let statistics = try await service.statistics(of: link.id)
        #expect(statistics.uniqueVisitors == 6)
        let days = Set([before, Date()].map { String($0.ISO8601Format().prefix(10)) })
        #expect(
            statistics.byDay.reduce(0) { $0 + $1.visits } == 24 && days.isSuperset(of: statistics.byDay.map(\.day)),
            "\(statistics)")
        #expect(Set(statistics.referrers.map { "\($0.host) \($0.visits)" }).isSuperset(of: ["news.example 6", "blog.example 6"]))
        let last = try #require(statistics.lastVisitAt)
        #expect(last.isTime)
        #expect((before...Date()).contains(try format.parse(last)), "\(last)")
    }

    @Test func `every visit counts, of many at once`() async throws {
        let service = try RunningService.shared
        let links = [try await service.shorten("https://example.org/0"), try await service.shorten("https://example.org/1")]
        try await withThrowingTaskGroup { group in
            for client in 0..<16 {
                group.addTask {
                    let connection = try await service.connect()
                    let headers = client % 2 == 0 ? [] : [("TE", "trailers")]
                    for visit in 0..<50 {
                        let reply = try await connection.request("GET", "/\(links[visit % 2].id)", headers: headers)
                        try #require(reply.status == 302, "\(reply)")
                    }
                }
            }
            try await group.waitForAll()
        }
        for link in links {
            try await eventually("all is counted") { try await service.statistics(of: link.id).visits == 400 }
            #expect(try await service.statistics(of: link.id).botVisits == 0)
        }
    }

    @Test func `a visit is in the statistics within the time that is promised`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        for visit in 1...5 {
            #expect(try await service.visit(link.id).status == 302)
            try await eventually("it is counted", within: .seconds(4)) {
                try await service.statistics(of: link.id).visits == visit
            }
        }
    }

    @Test func `what is no redirect is no visit`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org", #""maxVisits":3"#)
        for _ in 0..<10 { _ = try await service.visit(link.id) }
        try await eventually("those that were redirected are counted") { try await service.statistics(of: link.id).visits == 3 }
        #expect(try await service.statistics(of: link.id).botVisits == 0)
    }

    @Test func `headers that are no header of their kind do no harm`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        let odd = [
            "https://[::1", "javascript:alert(1)", "http://" + String(repeating: "x", count: 3000), "\u{E9}", "https://a b/",
            "%00", "\"",
            "https://<script>/",
        ]
        for value in odd {
            for name in ["Referer", "User-Agent", "X-Country", "X-Forwarded-For"] {
                for router in [[], [("Connection", "close")]] {
                    #expect(
                        try await service.visit(link.id, headers: [(name, value)] + router).status == 302, "\(name): \(value)")
                }
            }
        }
        try await eventually("all is counted") {
            let statistics = try await service.statistics(of: link.id)
            return statistics.visits + statistics.botVisits == 8 * odd.count
        }
        #expect(try await !service.request("GET", "/v1/links/\(link.id)/stats").text.contains("<script>"))
    }

    @Test func `countries are told where a header may be believed`() async throws {
        struct Countries: Decodable {
            var countries: [Country]
        }
        struct Country: Decodable, Equatable {
            var country: String
            var visits: Int
        }
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        for country in ["DE", "FR", "DE", "nonsense", ""] {
            #expect(try await service.visit(link.id, headers: [("X-Country", country)]).status == 302)
        }
        try await eventually("all is counted") { try await service.statistics(of: link.id).visits == 5 }
        let reply = try await service.request("GET", "/v1/links/\(link.id)/stats")
        #expect(
            try reply.json(Countries.self).countries == [Country(country: "DE", visits: 2), Country(country: "FR", visits: 1)],
            "\(reply)")
    }
}
