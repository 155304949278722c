import TestSupport
import Testing

@testable import url_shortener

@Suite struct CapacityTests {
    typealias Demand = CapacityPlan.Demand

    @Test func `a thousand links a second for ten years`() {
        let plan = CapacityPlan(demand: Demand(linksPerSecond: 1000, years: 10))
        #expect(plan.links == 315_360_000_000)
        #expect(plan.codeLength == 7)
        #expect(CapacityPlan.codes(ofLength: 6) == 56_800_235_584)
        #expect(CapacityPlan.codes(ofLength: 7) == 3_521_614_606_208)
        #expect(plan.seconds(ofCodes: 7) / CapacityPlan.secondsPerYear == 111)
        #expect(plan.bytesPerLink == 190)
        #expect(plan.bytes == 59_918_400_000_000)
        #expect(plan.nodesForStorage == 2233)
        #expect(plan.redirectsPerSecond == 100_000)
        #expect(plan.readsPerSecond == 10_000)
        #expect(plan.nodesForReads == 1)
        #expect(plan.nodes == 2233)
    }

    @Test func `a code more than there are of a length takes another digit`() {
        // 62^6 codes are used up within the 1802nd second of a year's worth a second.
        var demand = Demand(linksPerSecond: 1801, years: 1)
        #expect(CapacityPlan(demand: demand).codeLength == 6)
        demand.linksPerSecond = 1802
        #expect(CapacityPlan(demand: demand).codeLength == 7)
    }

    @Test func `reads alone may want the more nodes`() {
        let plan = CapacityPlan(demand: Demand(linksPerSecond: 1, years: 1, readsPerWrite: 250_001, hitPercent: 0))
        #expect(plan.nodesForStorage == 1 && plan.nodesForReads == 3 && plan.nodes == 3)
        let nobody = CapacityPlan(demand: Demand(linksPerSecond: 1, years: 1, readsPerWrite: 0))
        #expect(nobody.readsPerSecond == 0 && nobody.nodesForReads == 0 && nobody.nodes == 1)
    }

    @Test func `no demand within the ranges is too much`() {
        func ends(_ range: ClosedRange<Int>) -> [Int] { [range.lowerBound, range.upperBound] }
        for perSecond in ends(Demand.linksPerSecond) {
            for years in ends(Demand.years) {
                for reads in ends(Demand.readsPerWrite) {
                    for (bytes, gibibytes) in [(8192, 1), (10, 4096)] {
                        for hits in ends(Demand.hitPercent) {
                            let demand = Demand(
                                linksPerSecond: perSecond, years: years, readsPerWrite: reads, urlBytes: bytes,
                                nodeGibibytes: gibibytes, hitPercent: hits,
                                nodeReadsPerSecond: Demand.nodeReadsPerSecond.lowerBound)
                            let plan = CapacityPlan(demand: demand)
                            #expect(plan.nodes >= 1 && !CapacityTable.render(plan).isEmpty)
                        }
                    }
                }
            }
        }
    }

    @Test func `the command shows it, and refuses what is out of range`() async throws {
        let shown = try await run(.urlShortener, ["capacity", "--per-second", "1000", "--years", "10"])
        #expect(shown.exit == .code(0) && shown.errors.isEmpty, "\(shown)")
        for words in ["315,360,000,000", "7 digits", "59.9 TB", "2,233", "111.6 years", "100,000/s", "25 GiB", "90%"] {
            #expect(shown.output.contains(words), "\(words): \(shown.output)")
        }
        for (arguments, option) in [
            (["--per-second", "0", "--years", "1"], "--per-second"),
            (["--per-second", "10000001", "--years", "1"], "--per-second"),
            (["--per-second", "1", "--years", "101"], "--years"), (["--per-second", "x", "--years", "1"], "--per-second"),
            (["--years", "1"], "--per-second"), (["--per-second", "1", "--years", "1", "--hit-percent", "101"], "--hit-percent"),
            (["--per-second", "1", "--years", "1", "--node-gib", "0"], "--node-gib"),
        ] {
            let refused = try await run(.urlShortener, ["capacity"] + arguments)
            #expect(refused.exit == .code(64) && refused.output.isEmpty, "\(refused)")
            let first = refused.errors.prefix { $0 != "\n" }
            #expect(first.hasPrefix("Error: ") && first.contains(option), "\(refused.errors)")
        }
    }
}
