import Logging
import Redis
import TestSupport
import Testing

@testable import URLShortener

/// What the statistics must be, counted the simple way.
struct VisitModel {
    private(set) var byCode: [String: [Visit]] = [:]

    var codes: [String] { byCode.keys.sorted() }

    mutating func record(_ visit: Visit) {
        byCode[visit.code, default: []].append(visit)
    }

    mutating func forget(_ code: String) {
        byCode[code] = nil
    }

    /// Compares all but the estimate of visitors with what Redis holds.
    func expectCounted(
        in redis: any RedisCommands, _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (code, visits) in byCode {
            let found = try await VisitStatistics(redis: redis).statistics(of: code)
            let people = visits.filter { !$0.isBot }
            #expect(found.visits == people.count, "\(comment())", sourceLocation: sourceLocation)
            #expect(found.botVisits == visits.count - people.count, "\(comment())", sourceLocation: sourceLocation)
            #expect(found.lastVisitAt == people.map(\.at).max(), "\(comment())", sourceLocation: sourceLocation)
            let days = Self.count(people) { CalendarDay(milliseconds: $0.at).description }
            let foundDays = Dictionary(uniqueKeysWithValues: found.byDay.map { ($0.day, $0.visits) })
            #expect(foundDays == days, "\(comment())", sourceLocation: sourceLocation)
            #expect(found.byDay.map(\.day) == days.keys.sorted(), sourceLocation: sourceLocation)
            let referrers = Dictionary(uniqueKeysWithValues: found.referrers.map { ($0.host, $0.visits) })
            #expect(referrers == Self.count(people, \.referrerHost), "\(comment())", sourceLocation: sourceLocation)
            let countries = Dictionary(uniqueKeysWithValues: found.countries.map { ($0.country, $0.visits) })
            #expect(countries == Self.count(people, \.country), "\(comment())", sourceLocation: sourceLocation)
            // So few are estimated exactly, or nearly.
            let visitors = Set(people.compactMap(\.visitor)).count
            #expect(abs(found.uniqueVisitors - visitors) <= 1 + visitors / 20, "\(comment())", sourceLocation: sourceLocation)
        }
    }

    private static func count(_ visits: [Visit], _ key: (Visit) -> String?) -> [String: Int] {
        visits.compactMap(key).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}

extension SeededGenerator {
    mutating func visit(of codes: [String]) -> Visit {
        let noon = 1_795_262_400_000
        return Visit(
            code: pick(codes), at: noon + Int.random(in: -86_400_000...86_400_000, using: &self),
            isBot: Int.random(in: 0..<5, using: &self) == 0,
            visitor: Bool.random(using: &self) ? UInt64.random(in: 0..<60, using: &self) &* 0x9E37_79B9_7F4A_7C15 : nil,
            referrerHost: pick([nil, "example.com", "news.example.org", "other", "[::1]"]), country: pick([nil, "DE", "FR"]))
    }

    mutating func visits(_ count: Int, of codes: [String]) -> [Visit] {
        (0..<count).map { _ in visit(of: codes) }
    }
}

extension VisitTable {
    static var roomy: VisitTable { VisitTable(maximumLinks: 100_000, maximumDetails: 1_000_000) }
}

extension RedisCommands {
    func waitingEntries() async throws -> Int {
        try await send(RedisCommand("XLEN", VisitKeys.stream)).decode()
    }

    /// Puts visits into the stream, some into each entry.
    func append(_ visits: [Visit], perEntry: Int, model: inout VisitModel) async throws {
        let sender = VisitSender(redis: self, waiting: .roomy, logger: Logger(label: "test"))
        for start in stride(from: 0, to: visits.count, by: perEntry) {
            var table = VisitTable.roomy
            for visit in visits[start..<min(start + perEntry, visits.count)] {
                _ = table.add(visit)
                model.record(visit)
            }
            #expect(await sender.accept(table) == 0)
            // A busy machine may be late; the same batch again counts once.
            try await eventually("appended", within: .seconds(30)) { await sender.flush() }
        }
    }
}

extension VisitConsumer.Configuration {
    /// The same, and quicker: for tests that kill many.
    static func quick(lease: Duration = .milliseconds(15)) -> Self {
        var configuration = Self()
        configuration.lease = lease
        configuration.interval = .milliseconds(2)
        // So that it can be killed in the midst of an entry.
        configuration.linksPerCall = 2
        return configuration
    }
}

/// Runs consumers beside a body.
func withConsumers<Value>(
    _ consumers: [VisitConsumer], _ body: () async throws -> Value
) async throws -> Value {
    let running = consumers.map { consumer in Task { await consumer.run() } }
    func end() async {
        for task in running { task.cancel() }
        for task in running { await task.value }
    }
    do {
        let value = try await body()
        await end()
        return value
    } catch {
        await end()
        throw error
    }
}

/// Waits until a consumer without faults has emptied the stream.
func drainVisits(_ redis: any RedisCommands) async throws {
    try await withConsumers([VisitConsumer(redis: redis, configuration: .quick())]) {
        try await eventually("the stream is empty", within: .seconds(60)) { try await redis.waitingEntries() == 0 }
    }
}
