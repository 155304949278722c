import RateLimiter
import Foundation
import Testing

@testable import RateLimiterReplay

private enum RealLog {
    static let path = ProcessInfo.processInfo.environment["GROUNDWORK_DATA"]
        .map { $0 + "/access.log" }
        .flatMap { FileManager.default.isReadableFile(atPath: $0) ? $0 : nil }
}

/// Ten thousand requests to a public web site. The numbers were found by another program, in another language, with fractions.
@Suite(.enabled(if: RealLog.path != nil, "GROUNDWORK_DATA does not name a folder that holds access.log"))
struct RealLogTests {
    struct Expected: Sendable {
        let limit: String
        let admitted: [Int]
        let refused: [Int]
        let keysLimited: [Int]
        let worstBurst: [Int]
        let mostLimited: [ReplaySummary.LimitedKey]
    }

    @Test(arguments: [
        Expected(
            limit: "20/1m", admitted: [9759, 9068, 9068], refused: [240, 931, 931], keysLimited: [6, 50, 50],
            worstBurst: [39, 20, 20],
            mostLimited: [
                .init(key: "75.97.9.59", asked: 273, refused: 119), .init(key: "130.237.218.86", asked: 357, refused: 214),
                .init(key: "130.237.218.86", asked: 357, refused: 214),
            ]),
        Expected(
            limit: "5/10s", admitted: [9586, 9242, 9377], refused: [413, 757, 622], keysLimited: [35, 61, 54],
            worstBurst: [9, 5, 10],
            mostLimited: [
                .init(key: "75.97.9.59", asked: 273, refused: 134), .init(key: "130.237.218.86", asked: 357, refused: 165),
                .init(key: "130.237.218.86", asked: 357, refused: 153),
            ]),
    ])
    func totals(expected: Expected) async throws {
        let result = try await replay(try #require(RealLog.path), expected.limit)
        #expect(result.lines == 10_000)
        #expect(result.requests == 9999)
        #expect(result.firstMalformed.map(\.number) == [8899])
        #expect(result.keys == 1753)
        #expect(result.outOfOrder == 9447)
        #expect(result.late == 0)
        #expect(result.first.description == "2015-05-17 10:05:00 UTC")
        #expect(result.last.description == "2015-05-20 21:05:59 UTC")
        #expect(result.algorithms.map(\.admitted) == expected.admitted)
        #expect(result.algorithms.map(\.refused) == expected.refused)
        #expect(result.algorithms.map(\.keysLimited) == expected.keysLimited)
        #expect(result.algorithms.map { $0.worstBurst?.count } == expected.worstBurst)
        #expect(result.algorithms.compactMap(\.mostLimited.first) == expected.mostLimited)
        #expect(result.timeline.asked.reduce(0, +) == 9999)
        #expect(result.algorithms.map { $0.admittedOverTime.reduce(0, +) } == expected.admitted)
    }

    @Test func otherKeys() async throws {
        let path = try #require(RealLog.path)
        #expect(try await replay(path, "20/1m", by: "path").keys == 1368)
        let byAgent = try await replay(path, "20/1m", by: "agent")
        #expect(byAgent.keys == 557)
    }
}
