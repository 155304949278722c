import Testing

@testable import RideHailingSimulation

@Suite("Demand")
struct DemandTests {
    private static let text = "timestamp,value\r\n2014-07-01 00:00:00,300\r\n2014-07-01 00:30:00,60\n2014-07-01 01:00:00,0\n\n"

    @Test("A file is read from its first line, or from a time on")
    func file() throws {
        let file = try DemandFile(text: Self.text, name: "demand.csv")
        #expect(file.rows.map(\.requests) == [300, 60, 0])
        #expect(try DemandFile(text: Self.text, name: "demand.csv", from: "2014-07-01 00:3").rows.map(\.requests) == [60, 0])
    }

    @Test(
        "What is no demand is refused, with the number of the line",
        arguments: [
            ("time,value\na,1\nb\n", "line 3"), ("time,value\na,1\n\u{301}b;2\n", "line 3"), ("time,value\na,x\n", "line 2"),
            ("time,value\na,-1\n", "line 2"), ("time,value\na,nan\n", "line 2"), ("time,value\na,1,2\n", "line 2"),
            ("time,value\n", "no line"), ("", "no line"),
        ])
    func invalid(text: String, what: String) {
        let failure = #expect(throws: DemandFile.Failure.self) { try DemandFile(text: text, name: "demand.csv") }
        #expect(failure?.description.contains(what) == true && failure?.isMissing == false, "\(String(describing: failure))")
    }

    @Test("A file that is not there is missing; a time that is not in it is said")
    func missing() {
        #expect(throws: DemandFile.Failure.self) { try DemandFile(path: "/nowhere/demand.csv") }
        let failure = #expect(throws: DemandFile.Failure.self) { try DemandFile(text: Self.text, name: "d", from: "2015") }
        #expect(failure?.description.contains("2015") == true)
    }

    @Test("Rates are the file's, or have the mean that is asked for in the minutes that are played")
    func rates() throws {
        let file = try DemandFile(text: Self.text, name: "demand.csv")
        let real = Demand(file, minutes: 90)
        #expect([0, 29.9, 30, 60, 89, 90, 1_000].map { real.rate(at: $0) } == [10, 10, 2, 0, 0, 0, 0])
        #expect(real.minutes == 90)
        let scaled = Demand(file, minutes: 60, mean: 12)
        #expect(abs(scaled.rate(at: 0) - 20) < 1e-9 && abs(scaled.rate(at: 30) - 4) < 1e-9)
        // Of half an hour only the first rate counts.
        #expect(abs(Demand(file, minutes: 15, mean: 12).rate(at: 0) - 12) < 1e-9)
        #expect(Demand(try DemandFile(text: "t,v\na,0\n", name: "d"), minutes: 30, mean: 5).rate(at: 1) == 0)
    }

    @Test("Requests come as often as the rate says, in order, and not after the end")
    func arrivals() throws {
        let demand = Demand(try DemandFile(text: Self.text, name: "demand.csv"), minutes: 90)
        var random = SeededRandom(seed: 1)
        var counts = [0, 0, 0]
        for _ in 0..<100 {
            var minute = 0.0
            while let next = demand.next(after: minute, until: 80, &random) {
                #expect(next > minute && next < 80)
                minute = next
                counts[Int(next / 30)] += 1
            }
        }
        // 30,000 and 6,000 are expected, give or take six standard deviations.
        #expect(abs(counts[0] - 30_000) < 1_040 && abs(counts[1] - 6_000) < 470 && counts[2] == 0, "\(counts)")
        let nothing = Demand(try DemandFile(text: "t,v\na,0\n", name: "d"), minutes: 30)
        #expect(nothing.next(after: 0, until: 30, &random) == nil)
    }
}
