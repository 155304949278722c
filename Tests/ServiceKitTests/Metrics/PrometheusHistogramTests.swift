import Metrics
import ServiceKit
import Testing

@Suite struct PrometheusHistogramTests {
    let registry = PrometheusRegistry()

    private static let timerBounds = [
        (50_000, "5e-05"), (100_000, "0.0001"), (250_000, "0.00025"), (500_000, "0.0005"), (1_000_000, "0.001"),
        (2_500_000, "0.0025"), (5_000_000, "0.005"), (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"),
        (100_000_000, "0.1"), (250_000_000, "0.25"), (1_000_000_000, "1"), (5_000_000_000, "5"),
    ]

    /// The counts of a histogram's buckets, not cumulative, by bound.
    private func counts(_ name: String) throws -> [String: Int] {
        let parsed = try ParsedExposition(registry.render())
        var counts: [String: Int] = [:]
        var below = 0.0
        for sample in parsed.order where sample.name == name + "_bucket" {
            let cumulative = try #require(parsed.samples[sample])
            counts[try #require(sample.labels["le"])] = Int(cumulative - below)
            below = cumulative
        }
        return counts.filter { $0.value != 0 }
    }

    @Test(arguments: timerBounds)
    func aDurationEqualToABoundCountsInIt(_ nanoseconds: Int, _ bound: String) throws {
        let timer = Timer(label: "t", factory: registry)
        timer.recordNanoseconds(nanoseconds - 1)
        timer.recordNanoseconds(nanoseconds)
        #expect(try counts("t_seconds") == [bound: 2])
        timer.recordNanoseconds(nanoseconds + 1)
        let index = try #require(Self.timerBounds.firstIndex { $0.1 == bound })
        let next = index + 1 < Self.timerBounds.count ? Self.timerBounds[index + 1].1 : "+Inf"
        #expect(try counts("t_seconds") == [bound: 2, next: 1])
    }

    @Test func theBoundsOfATimer() throws {
        Timer(label: "t", factory: registry).recordNanoseconds(1)
        let parsed = try ParsedExposition(registry.render())
        let bounds = parsed.order.filter { $0.name == "t_seconds_bucket" }.compactMap { $0.labels["le"] }
        #expect(bounds == Self.timerBounds.map(\.1) + ["+Inf"])
    }

    @Test func sumAndCountOfATimerAreInSeconds() throws {
        let timer = Timer(label: "t", dimensions: [("x", "1")], factory: registry)
        timer.recordMilliseconds(250)
        timer.recordSeconds(3)
        timer.recordNanoseconds(-1)
        timer.recordNanoseconds(Int64.min)
        let parsed = try ParsedExposition(registry.render())
        #expect(parsed.types["t_seconds"] == "histogram")
        #expect(parsed["t_seconds_sum", ["x": "1"]] == 3.25)
        #expect(parsed["t_seconds_count", ["x": "1"]] == 4)
        #expect(parsed["t_seconds_bucket", ["x": "1", "le": "5e-05"]] == 2)
        timer.recordNanoseconds(Int64.max)
        #expect(try ParsedExposition(registry.render())["t_seconds_count", ["x": "1"]] == 5)
    }

    @Test func aTimerWhoseNameHasItsUnitIsNotGivenItTwice() throws {
        Timer(label: "http.seconds", factory: registry).recordSeconds(1)
        Recorder(label: "http.seconds", factory: registry).record(0.25)
        #expect(try counts("http_seconds") == ["1": 1, "0.25": 1])
    }

    @Test func recorders() throws {
        let recorder = Recorder(label: "batch.size", factory: registry)
        for value in [0, -3, 1, 2, 3, 10, 1_000_000, 1_000_001] {
            recorder.record(value)
        }
        recorder.record(1.5)
        #expect(try counts("batch_size") == ["1": 3, "2": 2, "5": 1, "10": 1, "1000000": 1, "+Inf": 1])
        #expect(try ParsedExposition(registry.render())["batch_size_sum"] == 2_000_015.5)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func valuesThatAreNotFiniteAreIgnored(_ value: Double) throws {
        let recorder = Recorder(label: "r", factory: registry)
        recorder.record(2)
        recorder.record(value)
        let parsed = try ParsedExposition(registry.render())
        #expect(parsed["r_count"] == 1)
        #expect(parsed["r_sum"] == 2)
    }
}
