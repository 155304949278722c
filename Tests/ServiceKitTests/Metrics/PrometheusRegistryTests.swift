import Metrics
import ServiceKit
import Testing

@Suite struct PrometheusRegistryTests {
    let registry = PrometheusRegistry()

    private func scrape() throws -> ParsedExposition {
        try ParsedExposition(registry.render())
    }

    @Test func anEmptyRegistryIsValid() throws {
        let parsed = try scrape()
        #expect(parsed["groundwork_metrics_dropped_series_total"] == 0)
        #expect(PrometheusRegistry.contentType == "text/plain; version=0.0.4; charset=utf-8")
    }

    @Test func counters() throws {
        let counter = Counter(label: "http.requests", dimensions: [("method", "GET")], factory: registry)
        counter.increment()
        counter.increment(by: 41)
        counter.increment(by: -5)
        Counter(label: "bytes_total", factory: registry).increment(by: Int64.max)
        let parsed = try scrape()
        #expect(parsed.types["http_requests_total"] == "counter")
        #expect(parsed["http_requests_total", ["method": "GET"]] == 42)
        #expect(registry.render().contains("bytes_total 9223372036854775807\n"))

        counter.reset()
        #expect(try scrape()["http_requests_total", ["method": "GET"]] == 0)
    }

    @Test func floatingPointCountersAddToTheCounterOfTheirName() throws {
        let counter = FloatingPointCounter(label: "cost", factory: registry)
        counter.increment(by: 0.25)
        for refused in [-1, Double.nan, .infinity, -.infinity] {
            counter.increment(by: refused)
        }
        Counter(label: "cost", factory: registry).increment(by: 2)
        #expect(try scrape()["cost_total"] == 2.25)
        counter.reset()
        #expect(try scrape()["cost_total"] == 0)
    }

    @Test func aCounterNeverTurnsNegative() throws {
        let counter = Counter(label: "huge", factory: registry)
        for _ in 0..<5 {
            counter.increment(by: Int64.max)
        }
        #expect(try #require(scrape()["huge_total"]) >= 0)
    }

    @Test func gauges() throws {
        let meter = Meter(label: "queue-length", factory: registry)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement()
        meter.increment(by: Double.nan)
        meter.decrement(by: Double.infinity)
        Gauge(label: "temperature", dimensions: [], factory: registry).record(-3.5)
        Gauge(label: "whole", dimensions: [], factory: registry).record(7)
        for (label, value) in [("nan", Double.nan), ("up", .infinity), ("down", -.infinity), ("large", 1e300)] {
            Meter(label: label, factory: registry).set(value)
        }

        let parsed = try scrape()
        #expect(parsed.types["queue_length"] == "gauge")
        #expect(parsed["queue_length"] == 11.5)
        #expect(parsed["temperature"] == -3.5)
        #expect(parsed["whole"] == 7)
        #expect(try #require(parsed["nan"]).isNaN)
        #expect(parsed["up"] == .infinity)
        #expect(parsed["down"] == -.infinity)
        #expect(parsed["large"] == 1e300)
    }

    @Test func familiesAndSeriesAreSorted() throws {
        for label in ["b", "a", "c"] {
            for value in ["2", "1", "3"] {
                Meter(label: label, dimensions: [("x", value)], factory: registry).set(1)
            }
        }
        let own = try scrape().order.filter { ["a", "b", "c"].contains($0.name) }.map { $0.name + $0.labels["x", default: ""] }
        #expect(own == ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"])
    }

    @Test func theSameLabelsGiveTheSameHandler() {
        let one = [("b", "2"), ("a", "1")]
        let other = [("a", "1"), ("b", "2")]
        #expect(registry.makeCounter(label: "c", dimensions: one) === registry.makeCounter(label: "c", dimensions: other))
        #expect(registry.makeMeter(label: "m", dimensions: one) === registry.makeMeter(label: "m", dimensions: other))
        #expect(registry.makeTimer(label: "t", dimensions: one) === registry.makeTimer(label: "t", dimensions: other))
        for aggregate in [true, false] {
            let label = "r-\(aggregate)"
            #expect(
                registry.makeRecorder(label: label, dimensions: one, aggregate: aggregate)
                    === registry.makeRecorder(label: label, dimensions: other, aggregate: aggregate))
        }
        #expect(registry.makeCounter(label: "c", dimensions: one) !== registry.makeCounter(label: "c", dimensions: []))
        #expect(
            registry.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")])
                !== registry.makeCounter(label: "c", dimensions: [("a", "2"), ("b", "1")]))
    }

    @Test func destroyRemovesTheSeries() throws {
        let counter = Counter(label: "c", dimensions: [("x", "1")], factory: registry)
        let kept = Counter(label: "c", dimensions: [("x", "2")], factory: registry)
        let fraction = FloatingPointCounter(label: "f", factory: registry)
        let meter = Meter(label: "m", factory: registry)
        let recorder = Recorder(label: "r", factory: registry)
        let gauge = Gauge(label: "g", dimensions: [], factory: registry)
        let timer = Timer(label: "t", factory: registry)
        let before = Set(try scrape().order.filter { !$0.name.hasPrefix("process_") })
        // Five single samples, and the buckets, sum and count of a recorder and of a timer, beside the registry's own.
        #expect(before.count == 5 + 18 + 17 + 1)

        counter.destroy()
        fraction.destroy()
        meter.destroy()
        recorder.destroy()
        gauge.destroy()
        timer.destroy()
        kept.increment()
        counter.increment()
        let after = try scrape()
        #expect(
            after.familyNames.filter { !$0.hasPrefix("process_") } == ["c_total", "groundwork_metrics_dropped_series_total"])
        #expect(after["c_total", ["x": "1"]] == nil)
        #expect(after["c_total", ["x": "2"]] == 1)
    }

    @Test func destroyOfAnOldHandlerLeavesTheNewSeries() throws {
        let old = Counter(label: "c", factory: registry)
        old.increment(by: 5)
        old.destroy()
        let new = Counter(label: "c", factory: registry)
        new.increment()
        old.destroy()
        Counter(label: "c", factory: PrometheusRegistry()).increment()
        registry.destroyCounter(PrometheusRegistry().makeCounter(label: "c", dimensions: []))
        registry.destroyCounter(NOOPMetricsHandler.instance)
        #expect(try scrape()["c_total"] == 1)
    }

    @Test func seriesBeyondTheLimitAreDroppedAndCounted() throws {
        let dropped = "groundwork_metrics_dropped_series_total"
        let first = Counter(label: "c", dimensions: [("i", "0")], factory: registry)
        for i in 1..<PrometheusRegistry.maximumSeries {
            Counter(label: "c", dimensions: [("i", String(i))], factory: registry).increment()
        }
        #expect(try scrape()[dropped] == 0)

        let refused: [any AnyObject & Sendable] = [
            registry.makeCounter(label: "c", dimensions: [("i", "more")]),
            registry.makeFloatingPointCounter(label: "f", dimensions: []),
            registry.makeMeter(label: "m", dimensions: []),
            registry.makeTimer(label: "t", dimensions: []),
            registry.makeRecorder(label: "r", dimensions: [], aggregate: true),
            registry.makeRecorder(label: "g", dimensions: [], aggregate: false),
        ]
        #expect(refused.allSatisfy { $0 === refused[0] })
        let full = try scrape()
        #expect(full[dropped] == 6)
        #expect(full.types["m"] == nil)
        #expect(full.order.count { $0.name == "c_total" } == PrometheusRegistry.maximumSeries)

        // What is known goes on, and what is destroyed makes room.
        Counter(label: "c", dimensions: [("i", "0")], factory: registry).increment()
        #expect(try scrape()["c_total", ["i": "0"]] == 1)
        first.destroy()
        first.destroy()
        Meter(label: "m", factory: registry).set(3)
        Meter(label: "another", factory: registry).set(3)
        let last = try scrape()
        #expect(last["m"] == 3)
        #expect(last["another"] == nil)
        #expect(last[dropped] == 7)
    }

    @Test func namesThatCameAndWentAreBoundedToo() throws {
        for i in 0...PrometheusRegistry.maximumSeries {
            Meter(label: "m\(i)", factory: registry).destroy()
        }
        let parsed = try scrape()
        #expect(parsed["groundwork_metrics_dropped_series_total"] == 1)
        Meter(label: "m0", factory: registry).set(2)
        #expect(try scrape()["m0"] == 2)
    }
}
