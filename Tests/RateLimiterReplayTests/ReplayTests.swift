import Foundation
import RateLimiter
import Testing

@testable import RateLimiterReplay

@Suite struct ReplayTests {
    @Test func theAlgorithmsSideBySide() async throws {
        // Five at the end of one minute, five at the start of the next.
        let log = try TemporaryLog((0..<10).map { TemporaryLog.line(second: $0 < 5 ? 59 : 60) })
        let result = try await replay(log.path, "5/1m")
        #expect(result.requests == 10)
        #expect(result.keys == 1)
        #expect(result.algorithms.map(\.algorithm) == ["token-bucket", "sliding-window", "fixed-window"])
        #expect(result.algorithms.map(\.admitted) == [5, 5, 10])
        #expect(result.algorithms.map(\.refused) == [5, 5, 0])
        #expect(result.algorithms.map { $0.worstBurst?.count } == [5, 5, 10])
        #expect(result.algorithms.map(\.keysLimited) == [1, 1, 0])
        #expect(result.algorithms[0].mostLimited == [.init(key: "10.0.0.1", asked: 10, refused: 5)])
        #expect(result.timeline.asked == [5, 5])
        #expect(result.algorithms[0].admittedOverTime == [5, 0])
    }

    @Test func batchesAndChunksMakeNoDifference() async throws {
        let lines = (0..<3000).map { TemporaryLog.line("10.0.0.\($0 % 7)", second: $0 / 9) }
        let log = try TemporaryLog(lines)
        let expected = try await replay(log.path, "20/30s")
        #expect(expected.algorithms.allSatisfy { $0.refused > 0 })
        for size in [1, 7, 100_000] {
            #expect(try await replay(log.path, "20/30s") { $0.batchSize = size } == expected)
        }
    }

    @Test func linesOutOfOrderAreSortedWithinTheHorizon() async throws {
        let sorted = (0..<1200).map { TemporaryLog.line("10.0.0.\($0 % 3)", second: $0) }
        let shuffled = stride(from: 0, to: sorted.count, by: 50).flatMap { sorted[$0..<($0 + 50)].shuffled() }
        let (first, second) = try (TemporaryLog(sorted), TemporaryLog(shuffled))
        let (inOrder, disordered) = try await (replay(first.path, "5/20s"), replay(second.path, "5/20s"))
        #expect(inOrder.outOfOrder == 0)
        #expect(disordered.outOfOrder > 500)
        #expect(disordered.late == 0)
        #expect(disordered.algorithms == inOrder.algorithms)
    }

    @Test func linesThatAreTooLateAreCounted() async throws {
        let log = try TemporaryLog([0, 500, 1000, 3].map { TemporaryLog.line(second: $0) })
        let result = try await replay(log.path, "5/20s")
        #expect(result.requests == 4)
        #expect(result.outOfOrder == 1)
        #expect(result.late == 1)
        #expect(ReplayTable.render(result).contains("1 request stood after a later one; all but 1"))
    }

    @Test func hostileLinesAreCountedAndNamed() async throws {
        var contents = Data("\u{1b}[2J<script>\n\n".utf8)
        contents += Data([0, 0xff, 0xfe, 10]) + Data(repeating: 65, count: 1 << 20) + Data([10])
        contents += Data(TemporaryLog.line(second: 1).utf8) + Data("\r\n".utf8)
        contents += Data(TemporaryLog.line(second: 2, agent: "a\u{1b}]0;x\u{7}<b>").utf8)
        let log = try TemporaryLog(contents)
        let result = try await replay(log.path, "1/1m", by: "agent+ip")
        #expect(result.lines == 6)
        #expect(result.requests == 2)
        #expect(result.blankLines == 1)
        #expect(result.malformedLines == 3)
        #expect(result.firstMalformed.map(\.number) == [1, 3, 4])
        #expect(result.firstMalformed[2].reason.contains("128 KiB"))

        let table = ReplayTable.render(result)
        #expect(!table.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
        let report = ReplayReport.render(result)
        #expect(report.contains("&lt;script&gt;"))
        for forbidden in ["<script", "<b>", "\u{1b}", "\0", "http://", "https://"] { #expect(!report.contains(forbidden)) }
    }

    @Test func fieldsThatAreMissingAreNoKeys() async throws {
        let common = #"10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5"#
        let log = try TemporaryLog([common, TemporaryLog.line(second: 1000), common])
        #expect(try await replay(log.path, "1/1m", by: "agent").withoutKey == 2)
        let error = await #expect(throws: ReplayError.self) { try await replay(log.path, "1/1m", by: "user") }
        #expect(error?.code == .noKey)
    }

    @Test func resultsSurviveJSON() async throws {
        let log = try TemporaryLog((0..<100).map { TemporaryLog.line(second: $0 * 10) } + ["garbage"])
        let result = try await replay(log.path, "5/2m")
        let json = try JSONEncoder().encode(result)
        #expect(try JSONDecoder().decode(ReplayResult.self, from: json) == result)
    }

    @Test func aDeciderThatLosesCountIsAnError() async throws {
        struct Broken: ReplayDecider {
            func decide(_ requests: [ReplayRequest]) -> [Bool] { [] }
        }
        let log = try TemporaryLog([TemporaryLog.line(second: 1)])
        let configuration = ReplayConfiguration(
            path: log.path, limit: try RateLimitQuota(parsing: "1/s"), key: try ReplayKey(parsing: "ip"))
        let error = await #expect(throws: ReplayError.self) {
            try await Replay(configuration: configuration, deciders: [("broken", Broken())]).run()
        }
        #expect(error?.code == .brokenDecider)
    }

    @Test func progressReachesTheEnd() async throws {
        let log = try TemporaryLog((0..<2000).map { TemporaryLog.line(second: $0) })
        let limit = try RateLimitQuota(parsing: "5/1m")
        let configuration = ReplayConfiguration(path: log.path, limit: limit, key: try ReplayKey(parsing: "ip"))
        var seen: [ReplayProgress] = []
        _ = try await Replay(configuration: configuration, deciders: ModelDecider.all(limit)).run { seen.append($0) }
        #expect(seen.count > 2)
        #expect(seen.map(\.readBytes) == seen.map(\.readBytes).sorted())
        #expect(seen.last?.readBytes == seen.last?.totalBytes)
        #expect(seen.last?.lines == 2000)
    }
}
