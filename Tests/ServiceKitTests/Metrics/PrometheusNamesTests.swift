import Metrics
import ServiceKit
import Testing

/// Names and labels, also hostile ones, and names that clash.
@Suite struct PrometheusNamesTests {
    let registry = PrometheusRegistry()

    private func scrape() throws -> ParsedExposition {
        try ParsedExposition(registry.render())
    }

    @Test(arguments: [
        ("plain", "plain"), ("a.b-c", "a_b_c"), ("a:b", "a:b"), ("9lives", "_9lives"), ("", "_"), ("naïve", "na_ve"),
        ("x y\n# TYPE z gauge\r\nz 1", "x_y___TYPE_z_gauge__z_1"), ("{a=\"b\"}", "_a__b__"), ("e\u{301}", "e_"), ("🦊", "_"),
    ])
    func namesAreSanitized(_ label: String, _ name: String) throws {
        Meter(label: label, factory: registry).set(1)
        #expect(try scrape()[name] == 1)
    }

    @Test(arguments: [
        ("plain", "plain"), ("http.status", "http_status"), ("a:b", "a_b"), ("1st", "_1st"), ("", "_"),
        ("__name__", "_name__"), ("..", "_"), ("le", "le"), ("a=\"b\",c", "a__b__c"),
    ])
    func labelNamesAreSanitized(_ dimension: String, _ name: String) throws {
        Meter(label: "m", dimensions: [(dimension, "v")], factory: registry).set(1)
        #expect(try scrape()["m", [name: "v"]] == 1)
    }

    @Test(arguments: [
        "\"", "\\", "\n", "\\n", "\\\"", "a\"} 1\nb 2", "\r\n", "\r", "\u{2028}", "\u{0}", "{},=# ", "\\\\\n\n\"\"", "ünï🦊",
        " ", "\"\u{301}", "\n\u{301}", "\\\u{301}",
    ])
    func labelValuesAreEscaped(_ value: String) throws {
        Counter(label: "c", dimensions: [("x", value), ("y", "1")], factory: registry).increment()
        Timer(label: "t", dimensions: [("x", value)], factory: registry).recordNanoseconds(1)
        let parsed = try scrape()
        let counter = try #require(parsed.order.first { $0.name == "c_total" })
        // Compared by bytes: Swift holds canonically equivalent strings for equal.
        #expect(Array(try #require(counter.labels["x"]).utf8) == Array(value.utf8))
        #expect(counter.labels["y"] == "1")
        #expect(parsed["t_seconds_count", ["x": value]] == 1)
    }

    @Test func emptyValuesAreLeftOut() throws {
        Counter(label: "c", dimensions: [("x", "")], factory: registry).increment()
        Counter(label: "c", factory: registry).increment()
        #expect(try scrape()["c_total"] == 2)
    }

    @Test func valuesOfDimensionsWhoseNamesBecomeEqualAreJoined() throws {
        Counter(label: "c", dimensions: [("a.b", "2"), ("a-b", "1")], factory: registry).increment()
        Counter(label: "c", dimensions: [("a-b", "1"), ("a.b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("a", "1"), ("a", "\n")], factory: registry).increment()
        let parsed = try scrape()
        #expect(parsed["c_total", ["a_b": "1;2"]] == 2)
        #expect(parsed["c_total", ["a": "\n;1"]] == 1)
    }

    @Test func aHistogramKeepsLeForItself() throws {
        Recorder(label: "h", dimensions: [("le", "1")], factory: registry).record(1)
        let parsed = try scrape()
        #expect(parsed["h_count", ["exported_le": "1"]] == 1)
        #expect(parsed["h_bucket", ["exported_le": "1", "le": "+Inf"]] == 1)
    }

    @Test func aNameKeepsItsFirstKind() throws {
        Meter(label: "x", factory: registry).set(1)
        Recorder(label: "x", factory: registry).record(2)
        Counter(label: "x", factory: registry).increment(by: 3)
        Gauge(label: "x_total", dimensions: [], factory: registry).record(4)
        Recorder(label: "y", factory: registry).record(5)
        Meter(label: "y", factory: registry).set(6)
        Meter(label: "z_total", factory: registry).set(7)
        Counter(label: "z", factory: registry).increment(by: 8)

        let parsed = try scrape()
        #expect(parsed["x"] == 1)
        #expect(parsed["x_histogram_sum"] == 2)
        #expect(parsed["x_total"] == 3)
        #expect(parsed["x_total_gauge"] == 4)
        #expect(parsed["y_sum"] == 5)
        #expect(parsed["y_gauge"] == 6)
        #expect(parsed["z_total"] == 7)
        #expect(parsed["z_counter_total"] == 8)
    }

    @Test func aNameKeepsItsKindWhenItsSeriesAreGone() throws {
        let recorder = Recorder(label: "x", factory: registry)
        let meter = Meter(label: "x", factory: registry)
        recorder.destroy()
        meter.set(1)
        Meter(label: "x", factory: registry).increment()
        #expect(try scrape()["x_gauge"] == 2)
    }

    @Test func samplesOfHistogramsClashWithNamesToo() throws {
        Recorder(label: "a", factory: registry).record(1)
        Meter(label: "a_count", factory: registry).set(2)
        Meter(label: "b_bucket", factory: registry).set(3)
        Recorder(label: "b", factory: registry).record(4)
        Recorder(label: "a_sum", factory: registry).record(5)
        let parsed = try scrape()
        #expect(parsed["a_count"] == 1)
        #expect(parsed["a_count_gauge"] == 2)
        #expect(parsed["b_bucket"] == 3)
        #expect(parsed["b_histogram_sum"] == 4)
        #expect(parsed["a_sum_histogram_sum"] == 5)
    }

    @Test func theRegistryKeepsItsOwnNames() throws {
        Counter(label: "groundwork_metrics_dropped_series", factory: registry).increment(by: 9)
        Meter(label: "process_open_fds", factory: registry).set(-1)
        Counter(label: "process.cpu.seconds", factory: registry).increment()
        let parsed = try scrape()
        #expect(parsed["groundwork_metrics_dropped_series_total"] == 0)
        #expect(parsed["groundwork_metrics_dropped_series_counter_total"] == 9)
        #expect(parsed["process_open_fds_gauge"] == -1)
        #expect(parsed["process_cpu_seconds_counter_total"] == 1)
    }
}
