import TestSupport
import Testing

/// The visits of one link at several instances are one link's.
@Suite(.slots(2), .serialized)
struct SharedStatisticsTests {
    @Test func `visits add up, and a visitor of both is one visitor`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            let link = try await services[0].shorten("https://example.org", headers: user("alice"))
            for visit in 0..<40 {
                let headers = [("User-Agent", "Browser \(visit / 2 % 5)"), ("Referer", "https://news.example/\(visit)")]
                #expect(try await services[visit % 2].visit(link.id, headers: headers).status == 302)
            }
            try await everywhere(services, "counts all") {
                let statistics = try await $0.statistics(of: link.id, headers: user("alice"))
                return statistics.visits == 40 && statistics.uniqueVisitors == 5
                    && statistics.referrers == [.init(host: "news.example", visits: 40)]
            }
        }
    }

    @Test func `a change or deletion loses no visit`() async throws {
        try await withShortenerFleet(of: 2) { server, services in
            let link = try await services[0].shorten("https://example.org/0", headers: user("alice"))
            let visitors = try await Visitors.visit([link.id], at: services[0]) { visitors in
                for round in 1...10 {
                    let body = try newLink("https://example.org/\(round)")
                    let reply = try await services[1].send("PATCH", "/v1/links/\(link.id)", body, headers: user("alice"))
                    #expect(reply.status == 200, "\(reply)")
                    try await visitors.keepsOn(by: 20)
                }
            }
            #expect(visitors.refused.isEmpty)
            try await everywhere(services, "counts all") {
                try await $0.statistics(of: link.id, headers: user("alice")).visits == visitors.redirected
            }
        }
    }
}
