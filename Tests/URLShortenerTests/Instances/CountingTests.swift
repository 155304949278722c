import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Visits that are counted through all instances", .serialized)
struct CountingTests {
    @Test("All that were counted anywhere are there soon: by people and machines, by referrer, by visitor")
    func counted() async throws {
        try await withFleet { fleet in
            let code = try await fleet[0].create(NewLink(url: "https://example.org/")).code
            try await eventually("visitors can be told apart") { fleet.shorteners.allSatisfy { $0.visitorHash() != nil } }
            for visit in 0..<300 {
                let visitor = Visitor(
                    address: "192.0.2.\(visit % 20)", userAgent: visit % 10 == 9 ? "Googlebot/2.1" : "Mozilla/5.0",
                    referrer: visit % 3 == 0 ? "https://News.example/item" : nil, country: "DE")
                fleet[visit].countVisit(of: code, by: visitor)
            }
            try await eventually("all are counted", within: .seconds(30)) {
                let statistics = try await fleet[1].statistics(of: code, for: .anonymous)
                return statistics.visits == 270 && statistics.botVisits == 30
            }
            let statistics = try await fleet[2].statistics(of: code, for: .anonymous)
            #expect(statistics.referrers.first == .init(host: "news.example", visits: 90))
            #expect(statistics.byDay.map(\.visits).reduce(0, +) == 270 && statistics.lastVisitAt != nil)
            #expect((17...19).contains(statistics.uniqueVisitors), "\(statistics.uniqueVisitors) of 18")
        }
    }

    @Test("What was counted last is handed over when an instance ends in order")
    func orderlyEnd() async throws {
        try await withRedis { server, redis in
            var code = ""
            try await withFleet(on: server, redis, of: 1) { fleet in
                code = try await fleet[0].create(NewLink(url: "https://example.org/")).code
                for _ in 0..<50 { fleet[0].countVisit(of: code, by: Visitor()) }
            }
            try await withFleet(on: server, redis, of: 1) { fleet in
                try await eventually("counted by the next") {
                    try await fleet[0].statistics(of: code, for: .anonymous).visits == 50
                }
            }
        }
    }

    @Test("A user's statistics are his and the administration's")
    func whoMayKnow() async throws {
        try await withFleet(of: 1) { fleet in
            let code = try await fleet[0].create(NewLink(url: "https://example.org/", owner: "alice")).code
            for requester in [Requester.user("alice"), .administration] {
                #expect(try await fleet[0].statistics(of: code, for: requester).visits == 0)
            }
            for requester in [Requester.user("bob"), .anonymous] {
                await #expect(throws: URLShortenerError.self) { try await fleet[0].statistics(of: code, for: requester) }
            }
        }
    }
}
