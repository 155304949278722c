import ArgumentParser
import Foundation
import NIOCore

/// How many messages a second reach members of groups when each group has some under way at any time, or how long they take at a
/// constant rate.
struct Converse: AsyncParsableCommand {
    @OptionGroup
    var clients: ClientOptions
    @Option(help: "Messages under way in each group; each follows one that has reached everybody.")
    var window = 2
    @Option(help: "Messages a second in all groups together, at fixed moments, rather than a window.")
    var rate: Double?
    @Option(help: "How long messages are sent.")
    var seconds = 4
    @Option(help: "Seconds before that, which are not counted.")
    var warmUp = 1

    private struct Figures: Encodable {
        let messages: Int
        let deliveries: Int
        let seconds: Double
        let deliveriesPerSecond: Double
        let medianMicroseconds: Int
        let p99Microseconds: Int
        let greatestMicroseconds: Int
        let cpuMicrosecondsPerDelivery: Double
    }

    func run() async throws {
        guard window > 0, rate ?? 1 > 0, seconds > 0, warmUp >= 0 else {
            throw ValidationError("--window, --rate and --seconds are greater than zero")
        }
        let clients = try await Clients(clients)
        let pace = rate.map { Load.Pace.rate($0) } ?? .window(window)
        _ = try await clients.converse(pace, for: .seconds(Int64(warmUp)))
        try await clients.check()

        try printReady()
        let (start, before) = (ContinuousClock.now, processorMicroseconds())
        let tally = try await clients.converse(pace, for: .seconds(Int64(seconds)))
        let (elapsed, processor) = ((ContinuousClock.now - start) / .seconds(1), processorMicroseconds() - before)
        let latencies = tally.latencies.sorted()
        guard !latencies.isEmpty, tally.deliveries == tally.messages * (self.clients.members - 1) else {
            throw ValidationError("\(tally.deliveries) deliveries of \(tally.messages) messages")
        }
        func percentile(_ share: Int) -> Int { Int(latencies[(latencies.count - 1) * share / 100]) }
        try await clients.check()
        try printLine(
            of: Figures(
                messages: tally.messages, deliveries: tally.deliveries, seconds: elapsed,
                deliveriesPerSecond: Double(tally.deliveries) / elapsed, medianMicroseconds: percentile(50),
                p99Microseconds: percentile(99), greatestMicroseconds: percentile(100),
                cpuMicrosecondsPerDelivery: processor / Double(tally.deliveries)))
    }
}
