import ArgumentParser
import NIOCore
import NIOPosix
import RideHailing

/// So many rides are requested at the same moment: is each answered with 202, has each an end, and how many a second are matched?
///
/// Drivers are played by one reader of the log of all rides, who accepts whatever is offered: 50,000 WebSockets are more than a
/// process can hold.
struct RequestRides: AsyncParsableCommand {
    @Option(help: "Where the service listens, such as http://127.0.0.1:8085")
    var url: Endpoint
    @Option(help: "Unix socket of its Redis.")
    var socket: String
    @Option(help: "How many rides.")
    var requests = 50_000
    @Option(help: "Over so many connections, all of which send all of their requests at once.")
    var connections = 10_000
    @Option(help: "Connections over which drivers accept.")
    var driverConnections = 64
    @Option(help: "So long it may take until each ride has an end.")
    var deadlineSeconds = 100

    private struct Figures: Encodable {
        let requests: Int
        let accepted202: Int
        let otherAnswers: [String: Int]
        /// Until the last request was answered, and until the last ride had an end.
        let answeredSeconds: Double
        let endedSeconds: Double
        let withDriver: Int
        let unmatched: Int
        let offers: Int
        let lostAccepts: Int
        let matchedPerSecond: Double
        let answers: Percentiles
        let cpuMicrosecondsPerRide: Double
    }

    func run() async throws {
        var configuration = RideHailingConfiguration()
        configuration.redisDeadline = .seconds(30)
        try await withRideHailing(socket: socket, configuration) { rides, _ in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let plan = RideBurst.Plan(
                endpoint: url, requests: requests, connections: connections, driverConnections: driverConnections)
            let burst = try await loop.submit { NIOLoopBound(RideBurst(plan, on: loop), eventLoop: loop) }.get()
            try await loop.flatSubmit { burst.value.connect() }.get()
            try await loop.flatSubmit { burst.value.quote() }.get()

            let (start, processor) = (ContinuousClock.now, processorMicroseconds())
            try printReady()
            let answering = try await loop.submit { burst.value.request() }.get()
            var log = RideLogTally()
            while true {
                let entries = try await rides.log(after: log.position)
                let offers = try log.add(entries)
                let promised = try await loop.submit {
                    for offer in offers { burst.value.accept(offer) }
                    try burst.value.check()
                    return burst.value.promised
                }.get()
                guard entries.isEmpty else { continue }
                if let promised, log.withoutEnd(promised).isEmpty { break }
                guard ContinuousClock.now - start < .seconds(deadlineSeconds) else {
                    throw LoadError.late("\(log.ended) of \(requests) rides have an end after \(deadlineSeconds) s")
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            let ended = (ContinuousClock.now - start) / .seconds(1)
            let used = processorMicroseconds() - processor
            let latencies = try await answering.get()
            let outcome = try await loop.submit { burst.value.outcome }.get()
            try printLine(
                of: Figures(
                    requests: requests, accepted202: outcome.rides.count, otherAnswers: outcome.otherAnswers,
                    answeredSeconds: Double(latencies.max() ?? 0) / 1e6, endedSeconds: ended, withDriver: log.drivers.count,
                    unmatched: log.unmatched.count, offers: log.offers, lostAccepts: outcome.lostAccepts,
                    matchedPerSecond: Double(log.drivers.count) / ended, answers: Percentiles(latencies),
                    cpuMicrosecondsPerRide: used / Double(requests)))
            try log.check()
        }
    }
}
