import Foundation
import Testing

@testable import ServiceKit

@Suite struct ProcessMetricsTests {
    private static let numbers = (3...52).map(String.init).joined(separator: " ")

    @Test(arguments: ["swift", "", "a b", "a) S 1 (b", ") ) )", "line\nfeed"])
    func aCommandNameMayHoldAnything(_ command: String) throws {
        let stat = try #require(ProcessMetrics.Stat("42 (\(command)) \(Self.numbers)\n"))
        #expect(stat.cpuTicks == 14 + 15)
        #expect(stat.startTicks == 22)
        #expect(stat.residentPages == 24)
    }

    @Test(arguments: ["", "42", "42 (x)", "42 (x) S 1 2 3", "42 (x" + numbers, "42 (x) " + numbers.replacing("24", with: "?")])
    func whatIsNoStatLineIsRefused(_ line: String) {
        #expect(ProcessMetrics.Stat(line) == nil)
    }

    #if os(Linux)
    @Test func figuresOfThisProcess() throws {
        let before = Date.now.timeIntervalSince1970
        let parsed = try ParsedExposition(PrometheusRegistry().render())
        #expect(parsed.types["process_cpu_seconds_total"] == "counter")
        for gauge in ["process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds"] {
            #expect(parsed.types[gauge] == "gauge")
        }
        // Loosely: a process of megabytes that began today, within the second that the time of boot is rounded to.
        #expect((1_000_000...1e12).contains(try #require(parsed["process_resident_memory_bytes"])))
        #expect((0...1e6).contains(try #require(parsed["process_cpu_seconds_total"])))
        #expect((3...1e6).contains(try #require(parsed["process_open_fds"])))
        #expect((before - 86_400...before + 2).contains(try #require(parsed["process_start_time_seconds"])))
    }

    @Test func cpuTimeGrows() throws {
        let start = try #require(ProcessMetrics.read()).cpuSeconds
        let deadline = ContinuousClock.now + .seconds(20)
        while try #require(ProcessMetrics.read()).cpuSeconds == start, .now < deadline {}
        #expect(try #require(ProcessMetrics.read()).cpuSeconds > start)
    }
    #endif
}
