import RedisMeasuring
import Testing

@testable import ChatComparison

@Suite("Which fan-out is recommended")
struct FanOutRecommendationTests {
    /// What a strategy might have cost, in microseconds of Redis' thread.
    private static func outcome(
        _ strategy: FanOutStrategy, message: [Double], quiet: Double, lastMs: Int = 1, work: FanOutWork
    ) -> FanOutOutcome {
        var measurement = FanOutMeasurement()
        measurement.sending = .init(operations: 1, sent: .init(commands: 5, bytes: 7), cpu: message, durations: [.zero])
        measurement.quiet = .init(operations: 1, cpu: [quiet], durations: [.zero])
        measurement.lastMember = [.milliseconds(lastMs)]
        return FanOutOutcome(strategy, measurement, work)
    }

    private static func result(
        members: Int = 100, returns: Double = 1, noting: Double = 300, looking: Double = 2, lastMs: (Int, Int) = (1, 2)
    ) -> FanOutResult {
        var work = FanOutWork(members: members, messages: 1)
        work.returnsPerMessage = returns
        return FanOutResult(
            work,
            [
                outcome(.inboxes, message: [100 + noting], quiet: 10, lastMs: lastMs.0, work: work),
                outcome(.log, message: [100], quiet: 10 + looking, lastMs: lastMs.1, work: work),
            ], bound: 500)
    }

    @Test("The cheaper one, with the returns that come with a message, and where both are even")
    func cheaper() {
        // 300 µs for noting; a look costs 2 µs, for each of 100 members: even at 1.5 returns.
        #expect(Self.result(returns: 0).recommendation.strategy == .log)
        #expect(Self.result(returns: 5).recommendation.strategy == .inboxes)
        #expect(Self.result().recommendation.breakEvenReturns == 1.5)
        #expect(Self.result(returns: 5).results.map(\.cost) == [5_400, 6_100])
        #expect(Self.result(noting: -1).recommendation.breakEvenReturns == nil)
        #expect(Self.result(looking: -1).recommendation.breakEvenReturns == nil)
    }

    @Test("What costs the same is told apart by how soon the last member has a message")
    func even() {
        #expect(Self.result(returns: 1.5, lastMs: (3, 2)).recommendation.strategy == .log)
        #expect(Self.result(returns: 1.5, lastMs: (2, 3)).recommendation.strategy == .inboxes)
    }

    @Test("What is slower than the bound is not recommended, unless nothing is faster")
    func bounds() {
        #expect(Self.result(returns: 5, lastMs: (501, 2)).recommendation.strategy == .log)
        #expect(Self.result(returns: 0, lastMs: (2, 501)).recommendation.strategy == .inboxes)
        #expect(Self.result(returns: 0, lastMs: (600, 700)).recommendation.strategy == .inboxes)
    }

    @Test("Turns that differ make a margin within which nothing is told apart")
    func margin() {
        let work = FanOutWork(members: 2, messages: 1)
        let outcomes = [
            Self.outcome(.inboxes, message: [100, 300], quiet: 0, lastMs: 1, work: work),
            Self.outcome(.log, message: [150], quiet: 0, lastMs: 2, work: work),
        ]
        let recommendation = FanOutRecommendation(outcomes, work, bound: 500)
        #expect(recommendation.margin > 0.5 && recommendation.strategy == .inboxes)
    }

    @Test("The table shows both, and which is recommended, in plain text")
    func table() {
        let table = FanOutTable.render(Self.result(returns: 5))
        #expect(table.contains("100 members") && table.contains("* inboxes") && table.contains("Recommended: inboxes."))
        #expect(Self.result(returns: 5).recommendation.reason.contains("--fanout-threshold of at least 100 "))
        #expect(Self.result(returns: 0).recommendation.reason.contains("--fanout-threshold below 100 "))
        #expect(table.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 } && table.hasSuffix("\n"))
    }
}
