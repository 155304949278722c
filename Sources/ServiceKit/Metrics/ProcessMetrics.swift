#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What the kernel knows about this process, under the names that Prometheus' own clients use.
struct ProcessMetrics {
    var residentMemoryBytes: Double
    var cpuSeconds: Double
    var startTimeSeconds: Double?
    var openFileDescriptors: Int?

    static let names = [
        "process_resident_memory_bytes", "process_cpu_seconds_total", "process_start_time_seconds", "process_open_fds",
    ]

    func write(to exposition: inout Exposition) {
        exposition.addFamily(
            name: "process_resident_memory_bytes", kind: .gauge, help: "Resident memory size in bytes.",
            value: Exposition.number(residentMemoryBytes))
        exposition.addFamily(
            name: "process_cpu_seconds_total", kind: .counter, help: "User and system CPU time spent in seconds.",
            value: Exposition.number(cpuSeconds))
        if let startTimeSeconds {
            exposition.addFamily(
                name: "process_start_time_seconds", kind: .gauge,
                help: "Start time of the process in seconds since the Unix epoch.",
                value: Exposition.number(startTimeSeconds))
        }
        if let openFileDescriptors {
            exposition.addFamily(
                name: "process_open_fds", kind: .gauge, help: "Number of open file descriptors.",
                value: String(openFileDescriptors))
        }
    }
}

extension ProcessMetrics {
    /// The fields of `/proc/self/stat` that are of use here, in the kernel's units.
    struct Stat {
        var cpuTicks: Double
        var startTicks: Double
        var residentPages: Double

        /// The second field, the command's name in parentheses, may itself hold spaces and parentheses: the others are counted
        /// from the last one. The numbers are those of proc(5).
        init?(_ line: String) {
            guard let nameEnd = line.lastIndex(of: ")") else { return nil }
            let fields = line[line.index(after: nameEnd)...].split(whereSeparator: \.isWhitespace)
            func field(_ number: Int) -> Double? {
                let index = number - 3
                return fields.indices.contains(index) ? Double(fields[index]) : nil
            }
            guard let user = field(14), let system = field(15), let start = field(22), let pages = field(24) else { return nil }
            cpuTicks = user + system
            startTicks = start
            residentPages = pages
        }
    }

    #if os(Linux)
    /// Figures of this moment; `nil` where there is no `/proc`.
    static func read() -> ProcessMetrics? {
        guard let stat = readStat() else { return nil }
        // The listing holds the descriptor that reads it.
        let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count - 1
        return ProcessMetrics(
            residentMemoryBytes: stat.residentPages * Double(sysconf(Int32(_SC_PAGESIZE))),
            cpuSeconds: stat.cpuTicks / ticksPerSecond,
            startTimeSeconds: startTimeSeconds,
            openFileDescriptors: descriptors)
    }

    /// Read once: the kernel derives the time of boot from the wall clock, so that setting the clock moves it.
    private static let startTimeSeconds: Double? = {
        guard let stat = readStat(), let boot = readBootTime() else { return nil }
        return boot + stat.startTicks / ticksPerSecond
    }()

    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    private static func readStat() -> Stat? {
        contents(of: "/proc/self/stat").flatMap(Stat.init)
    }

    private static func readBootTime() -> Double? {
        contents(of: "/proc/stat")?
            .split(separator: "\n")
            .first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private static func contents(of path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
    #else
    /// Figures of this moment: none on this system.
    static func read() -> ProcessMetrics? { nil }
    #endif
}
