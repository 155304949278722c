import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// How long readers wait for their feed's first page, when so many ask in a second.
struct ReadFeeds: AsyncParsableCommand {
    @Option(help: "Where the news feed listens, such as http://127.0.0.1:8084")
    var url: String
    @Option(help: "How many readers there are; each request is of any of them.")
    var readers: Int
    @Option(help: "Requests per second.")
    var rate = 2_000
    @Option(help: "Connections.")
    var connections = 200
    @Option(help: "How many posts a page is to have.")
    var items = 20
    @Option(help: "How long it is measured.")
    var seconds = 4
    @Option(help: "Seconds before that, which are not counted.")
    var warmUp = 1

    private struct Figures: Encodable {
        let reads: Int
        let readsPerSecond: Double
        let wrong: Int
        let medianMicroseconds: Int
        let p99Microseconds: Int
        let greatestMicroseconds: Int
        let cpuMicrosecondsPerRead: Double
    }

    func run() async throws {
        guard let parts = URLComponents(string: url), let host = parts.host, let port = parts.port else {
            throw ValidationError("--url: http://HOST:PORT")
        }
        guard readers > 0, (1...1_000_000).contains(rate), connections > 0, seconds > 0, warmUp >= 0 else {
            throw ValidationError("--readers, --rate, --connections and --seconds are at least 1")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let plan = OpenLoop.Plan(
            host: host, port: port, path: "/v1/feed?limit=\(items)", readers: readers, rate: rate, connections: connections,
            warmUp: warmUp * rate, counted: seconds * rate, items: items)
        let before = processorMicroseconds()
        let latencies = try await OpenLoop.run(plan, on: group.next()).sorted()
        let processor = processorMicroseconds() - before
        try await group.shutdownGracefully()

        let answered = latencies.filter { $0 >= 0 }
        guard !answered.isEmpty else { throw ValidationError("no feed was read") }
        func percentile(_ share: Int) -> Int { answered[(answered.count - 1) * share / 100] }
        try printLine(
            of: Figures(
                reads: answered.count, readsPerSecond: Double(answered.count) / Double(seconds),
                wrong: latencies.count - answered.count, medianMicroseconds: percentile(50), p99Microseconds: percentile(99),
                greatestMicroseconds: percentile(100),
                cpuMicrosecondsPerRead: processor / Double((seconds + warmUp) * rate)))
    }
}
