import ArgumentParser
import NIOCore
import NIOPosix
import RideHailing

/// How many positions a second come from drivers' WebSockets to Redis: as many as can be, or at a constant rate, with or without riders
/// who look for drivers.
struct SendPositions: AsyncParsableCommand {
    @Option(help: "Where the service listens, such as http://127.0.0.1:8085")
    var url: Endpoint
    @Option(help: "Unix socket of its Redis.")
    var socket: String
    @Option(help: "How many drivers there are.")
    var drivers = 100_000
    @Option(help: "How many of them are connected, each by a WebSocket of his own.")
    var connections = 16_000
    @Option(help: "Positions a second, of all together; without it as many as can be.")
    var rate: Int?
    @Option(help: "Without a rate: positions that are under way at any time.")
    var window = 4_000
    @Option(help: "Riders' questions a second.")
    var queries = 0
    @Option(help: "Connections of the riders.")
    var queryConnections = 200
    @Option(help: "How long it is measured.")
    var seconds = 4
    @Option(help: "Seconds before that, which are not counted.")
    var warmUp = 1

    private struct Figures: Encodable {
        let positions: Int
        let positionsPerSecond: Double
        let cpuMicrosecondsPerPosition: Double
        var queries: Percentiles?
    }

    func validate() throws {
        guard (1...drivers).contains(connections), (1...connections / 4).contains(window), (rate ?? 1) > 0, queries >= 0,
            seconds > 0, warmUp >= 0
        else { throw ValidationError("--connections is at most --drivers, --window at most a quarter of --connections") }
    }

    func run() async throws {
        var configuration = RideHailingConfiguration()
        configuration.redisDeadline = .seconds(30)
        try await withRideHailing(socket: socket, configuration) { rides, redis in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let plan = Fleet.Plan(endpoint: url, drivers: drivers, connections: connections)
            let (count, connectionsOfRiders) = (queries, queryConnections)
            let load = try await loop.submit { NIOLoopBound(PositionLoad(plan, on: loop), eventLoop: loop) }.get()
            try await loop.flatSubmit { load.value.connect(queryConnections: count > 0 ? connectionsOfRiders : 0) }.get()

            let recorded = try await RecordedPositions(redis)
            let polling = rate == nil ? poll(recorded, load, on: loop) : nil
            let (rate, window, warmUp, seconds) = (rate, window, warmUp, seconds)
            let answers = try await loop.submit {
                if let rate { load.value.fleet.drive(atRate: rate) } else { load.value.fleet.drive(withWindow: window) }
                return count > 0 ? load.value.queries.ask(count, warmUp: warmUp * count, counted: seconds * count) : nil
            }.get()
            try await Task.sleep(for: .seconds(warmUp))

            let before = try await recorded.count()
            let (start, processor) = (ContinuousClock.now, processorMicroseconds())
            try printReady()
            try await Task.sleep(for: .seconds(seconds))
            let latencies = try await answers?.get()
            let positions = try await recorded.count() - before
            let (elapsed, used) = ((ContinuousClock.now - start) / .seconds(1), processorMicroseconds() - processor)
            try printLine(
                of: Figures(
                    positions: positions, positionsPerSecond: Double(positions) / elapsed,
                    cpuMicrosecondsPerPosition: used / Double(positions), queries: latencies.map(Percentiles.init)))

            polling?.cancel()
            let (sent, last) = try await loop.submit { (load.value.fleet.stop(), load.value.fleet.lastPlaces()) }.get()
            try await RecordedPositions.check(sent, last, recorded, rides)
            try await loop.submit { try load.value.check() }.get()
        }
    }

    /// Tells the drivers how much of what they have sent Redis has.
    private func poll(
        _ recorded: RecordedPositions, _ load: NIOLoopBound<PositionLoad>, on loop: any EventLoop
    ) -> Task<Void, any Error> {
        Task {
            while !Task.isCancelled {
                let count = try await recorded.count()
                loop.execute { load.value.fleet.recorded(count) }
                try await Task.sleep(for: .milliseconds(4))
            }
        }
    }
}
