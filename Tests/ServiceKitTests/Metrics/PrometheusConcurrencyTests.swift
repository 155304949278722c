import Metrics
import ServiceKit
import Testing

@Suite struct PrometheusConcurrencyTests {
    @Test func nothingIsLostBetweenTasks() async throws {
        let registry = PrometheusRegistry()
        let tasks = 8
        let increments = 100_000
        let counter = Counter(label: "c", factory: registry)
        let fractions = FloatingPointCounter(label: "f", factory: registry)
        let meter = Meter(label: "m", factory: registry)
        let timer = Timer(label: "t", factory: registry)

        try await withThrowingTaskGroup { group in
            for task in 0..<tasks {
                group.addTask {
                    for i in 0..<increments {
                        counter.increment()
                        // Quarters add up exactly.
                        fractions.increment(by: 0.25)
                        if (task + i).isMultiple(of: 2) { meter.increment(by: 2) } else { meter.decrement() }
                        timer.recordSeconds(task)
                    }
                }
            }
            // What is rendered meanwhile is valid too, and counts only upwards.
            group.addTask {
                var last = 0.0
                for _ in 0..<20 {
                    let count = try #require(ParsedExposition(registry.render())["t_seconds_count"])
                    #expect(count >= last)
                    last = count
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }

        let parsed = try ParsedExposition(registry.render())
        let total = Double(tasks * increments)
        #expect(parsed["c_total"] == total)
        #expect(parsed["f_total"] == total / 4)
        #expect(parsed["m"] == total / 2)
        #expect(parsed["t_seconds_count"] == total)
        #expect(parsed["t_seconds_sum"] == Double(increments * (0..<tasks).reduce(0, +)))
        #expect(parsed["t_seconds_bucket", ["le": "1"]] == Double(2 * increments))
    }

    @Test func tasksThatMakeTheSameSeriesShareIt() async throws {
        let registry = PrometheusRegistry()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for i in 0..<2_000 {
                        Counter(label: "c", dimensions: [("i", String(i % 50)), ("x", "1")], factory: registry).increment()
                        Meter(label: "gone-\(i % 10)", factory: registry).destroy()
                    }
                }
            }
        }
        let parsed = try ParsedExposition(registry.render())
        for i in 0..<50 {
            #expect(parsed["c_total", ["i": String(i), "x": "1"]] == Double(8 * 2_000 / 50))
        }
        #expect(parsed["groundwork_metrics_dropped_series_total"] == 0)
    }
}
