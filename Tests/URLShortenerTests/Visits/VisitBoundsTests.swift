import Logging
import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("What is kept of visits has bounds")
struct VisitBoundsTests {
    private func visit(_ code: String, visitor: UInt64? = nil, referrer: String? = nil) -> Visit {
        Visit(code: code, at: 1_795_262_400_000, isBot: false, visitor: visitor, referrerHost: referrer, country: nil)
    }

    @Test("Visitors are estimated within the error of a HyperLogLog, over many batches and entries")
    func visitors() async throws {
        try await withRedis { _, redis in
            let sender = VisitSender(redis: redis, waiting: .roomy, logger: Logger(label: "test"))
            var random = SeededGenerator()
            let visitors = (0..<30_000).map { _ in UInt64.random(in: .min ... .max, using: &random) }
            for _ in 0..<3 {
                var table = VisitTable.roomy
                for visitor in visitors { _ = table.add(visit("a", visitor: visitor)) }
                #expect(await sender.accept(table) == 0)
                #expect(await sender.flush())
            }
            #expect(try await redis.waitingEntries() == 18, "6 entries for 30,000 visitors")
            try await drainVisits(redis)
            let found = try await VisitStatistics(redis: redis).statistics(of: "a")
            #expect(found.visits == 90_000)
            // Four standard errors.
            #expect(abs(found.uniqueVisitors - 30_000) < 1_000, "\(found.uniqueVisitors), \(random)")
        }
    }

    @Test("Never more visitors than visits")
    func fewVisitors() async throws {
        try await withRedis { _, redis in
            var model = VisitModel()
            try await redis.append((0..<3).map { visit("a", visitor: UInt64($0)) }, perEntry: 1, model: &model)
            try await drainVisits(redis)
            #expect(try await VisitStatistics(redis: redis).statistics(of: "a").uniqueVisitors == 3)
            let none = try await VisitStatistics(redis: redis).statistics(of: "nobody")
            #expect(none.visits == 0 && none.lastVisitAt == nil && none.byDay.isEmpty && none.referrers.isEmpty)
        }
    }

    @Test("So many referrers are told apart; all are counted")
    func referrers() async throws {
        try await withRedis { _, redis in
            var model = VisitModel()
            var random = SeededGenerator()
            // Each host twice, so that those that are known go on counting when there is no room for others. And one that is
            // called like the rest, which is where it is counted.
            let hosts = (0..<300).map { "h\($0).example" }
            let visits = (hosts + hosts).map { visit("a", referrer: $0) } + (0..<20).map { _ in visit("a", referrer: "other") }
            try await redis.append(visits.shuffled(using: &random), perEntry: 60, model: &model)
            try await drainVisits(redis)
            let found = try await VisitStatistics(redis: redis).statistics(of: "a")
            #expect(found.referrers.count == 201, "\(random)")
            let told = found.referrers.filter { $0.host != "other" }
            #expect(told.allSatisfy { (1...2).contains($0.visits) } && told.contains { $0.visits == 2 }, "\(random)")
            #expect(found.referrers.reduce(0) { $0 + $1.visits } == 620, "\(random)")
        }
    }

    @Test("A batch tells so many referrers of a link apart")
    func referrersOfOneBatch() {
        var visits = LinkVisits()
        for number in 0..<300 { visits.add(visit("a", referrer: "h\(number)"), keepsDetails: true) }
        #expect(visits.referrers.count == LinkVisits.maximumReferrers + 1)
        #expect(visits.referrers["other"] == 200)
        #expect(visits.visits == 300)
    }

    @Test("Further links are dropped and told; what is kept stays exact")
    func links() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            let (links, details) = (Int.random(in: 1...20, using: &random), Int.random(in: 0...30, using: &random))
            var table = VisitTable(maximumLinks: links, maximumDetails: details)
            let codes = (0..<30).map { "c\($0)" }
            var (recorded, dropped) = (0, 0)
            for _ in 0..<5 {
                var part = VisitTable(maximumLinks: links, maximumDetails: details)
                for visit in random.visits(100, of: codes) {
                    recorded += 1
                    if !part.add(visit) { dropped += 1 }
                }
                dropped += table.add(part)
                #expect(table.links.count <= links)
                // A visit brings a visitor, a referrer and a country; `other` and countries are few.
                #expect(table.details <= details + 100 + links * 4, "\(random)")
                #expect(table.details == table.links.values.reduce(0) { $0 + $1.details })
                #expect(table.visits == recorded - dropped, "\(random)")
            }
            // Taken out again: each link once in a batch, all of it, and nothing is left.
            var (visits, batches) = (0, 0)
            while case let batch = table.takeBatch(maximumLinks: 7, maximumSize: 1000), !batch.isEmpty {
                #expect(Set(batch.map(\.code)).count == batch.count && batch.count <= 7)
                batches += 1
                for (_, counts) in batch {
                    visits += counts.counters.filter { $0.name == "botVisits" || $0.name.hasPrefix("day:") }.reduce(0) {
                        $0 + $1.amount
                    }
                }
            }
            #expect(visits == recorded - dropped && table.isEmpty && table.details == 0, "\(random)")
        }
    }
}
