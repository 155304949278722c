import ArgumentParser
import NIOCore
import NIOPosix
import RideHailing

/// Rides from request to end at a constant rate, and how long it takes from the frame with which a driver accepts one to the frame that
/// tells its rider.
struct AcceptRides: AsyncParsableCommand {
    @Option(help: "Where the service listens, such as http://127.0.0.1:8085")
    var url: Endpoint
    @Option(help: "How many drivers there are: all are connected, and say every four seconds where they are.")
    var drivers = 4_000
    @Option(help: "Rides a second.")
    var rate = 200
    @Option(help: "So long a driver thinks about an offer.")
    var thinkMilliseconds = 500
    @Option(help: "How long it is measured.")
    var seconds = 4
    @Option(help: "Seconds before that, which are not counted.")
    var warmUp = 1

    private struct Figures: Encodable {
        let rides: Int
        let completed: Int
        let conflicts: Int
        let accepts: Percentiles
        /// From a request to the first offer, as its driver sees it.
        let offers: Percentiles
        let cpuMicrosecondsPerRide: Double
    }

    private static let positionIntervalSeconds = 4

    func run() async throws {
        guard drivers >= 4, rate > 0, seconds > 0, warmUp >= 0 else { throw ValidationError("--drivers is at least 4") }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let plan = RideTraffic.Plan(
            fleet: Fleet.Plan(endpoint: url, drivers: drivers, connections: drivers), rate: rate, warmUp: warmUp * rate,
            counted: seconds * rate, think: .milliseconds(Int64(thinkMilliseconds)))
        let traffic = try await loop.submit { NIOLoopBound(RideTraffic(plan, on: loop), eventLoop: loop) }.get()
        try await loop.flatSubmit { traffic.value.connect() }.get()
        let positions = drivers / Self.positionIntervalSeconds
        let outcome = try await loop.submit { traffic.value.run(positionsPerSecond: positions) }.get()
        try await Task.sleep(for: .seconds(warmUp))
        let processor = processorMicroseconds()
        try printReady()
        let tally = try await outcome.get()
        try printLine(
            of: Figures(
                rides: plan.counted, completed: tally.completed, conflicts: tally.conflicts, accepts: Percentiles(tally.accepts),
                offers: Percentiles(tally.offers),
                cpuMicrosecondsPerRide: (processorMicroseconds() - processor) / Double(plan.counted)))
    }
}
