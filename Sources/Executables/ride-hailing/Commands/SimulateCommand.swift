import ArgumentParser
import EmbeddedRedis
import Foundation
import Logging
import NIOPosix
import Redis
import RideHailing
import RideHailingSimulation
import ServiceKit
import Terminal

/// `ride-hailing simulate`: a city's drivers and riders, who use a service.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Let drivers and riders of a city use a service, and check what comes of it.",
        discussion: """
            Drivers drive around, answer offers and bring riders where they want to go, over WebSockets; riders ask for fares and \
            rides over HTTP and watch them. The service is one of its own, on a Redis of its own, unless --service names one that \
            runs in development on this machine; --redis says then where the log of its rides is, which is checked.

            Exit codes: 0, 1 what must never be was seen, 65 the demand cannot be understood, 66 there is no such file, 69 the \
            service or Redis does not answer, 73 a file cannot be written.
            """)

    @Option(help: "Drivers. (default: 1000)")
    var drivers: Int?
    @Option(help: "Rides that are requested in a minute; of --demand the mean. (default: 60, or as many as the file says)")
    var requestsPerMinute: Double?
    @Option(
        help: ArgumentHelp(
            "How demand goes: a CSV file of a time and the requests of half an hour on each line.", valueName: "file"))
    var demand: String?
    @Option(
        help: "Where in the demand to begin: what its time begins with, such as '2014-11-02 01'; at its first line without it.")
    var begin: String?
    @Option(help: "Minutes of demand. (default: 2)")
    var minutes: Double?
    @Option(help: "So many times as fast as in life drivers drive, and demand goes. (default: 1)")
    var speed: Double?
    @Option(help: "Of who is where and does what.")
    var seed: UInt64 = 1
    @Option(help: "A service that runs: http://127.0.0.1:8085.")
    var service: String?
    @Option(help: "The Redis of that service: redis://… or redis+unix://…")
    var redis: String?
    @Option(help: ArgumentHelp("Write the figures to this file, JSON.", valueName: "file"))
    var json: String?
    @OptionGroup var rides: RideOptions

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings(environment: [:])
            let matching = try rides.configuration(settings, matchers: 1...256)
            let simulation = try simulation(settings, matching)
            let target = try service.map { try ServiceTarget(url: $0) }
            let log = try logConfiguration(isServiceGiven: target != nil)
            if let json { try OutputFile.checkWritable(json) }
            let outcome: SimulationOutcome
            do {
                outcome = try await interruptible {
                    guard let target else {
                        return try await PrivateService.with(RideService(matching: matching)) { service in
                            try await run(
                                simulation, on: ServiceTarget(host: "127.0.0.1", port: service.port), log: service.redis, matching
                            )
                        }
                    }
                    return try await run(simulation, on: target, log: log, matching)
                }
            } catch let error as EmbeddedRedisError {
                throw CommandFailure(exitCode: .unavailable, error.message)
            } catch let error as CancellationError {
                throw error
            } catch let error as RideHailingError {
                throw CommandFailure(exitCode: .unavailable, error.description)
            } catch {
                throw CommandFailure(exitCode: .unavailable, "The service does not answer as it should: \(error)")
            }
            print(outcome.text, terminator: "")
            if let json { try OutputFile.write(figures: outcome, to: json) }
            if !outcome.invariants.violations.isEmpty { throw ExitCode(1) }
        }
    }

    private func run(
        _ simulation: Simulation, on target: ServiceTarget, log: RedisConfiguration?, _ matching: RideHailingConfiguration
    ) async throws -> SimulationOutcome {
        let client = log.map { configuration in
            var configuration = configuration
            configuration.deadline = .seconds(5)
            return RedisClient(
                configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() })
        }
        let display = SimulationDisplay(minutes: simulation.minutes)
        let result: Result<SimulationOutcome, any Error>
        do {
            result = .success(
                try await simulation.run(
                    host: target.host, port: target.port, log: client.map { RideHailing(redis: $0) }, mode: matching.offerMode
                ) { display.show($0) })
        } catch {
            result = .failure(error)
        }
        display.clear()
        await client?.close()
        return try result.get()
    }

    private func logConfiguration(isServiceGiven: Bool) throws -> RedisConfiguration? {
        guard let redis else { return nil }
        guard isServiceGiven else { throw UsageError("--redis is of the service that --service names.") }
        do {
            return try RedisConfiguration(url: redis)
        } catch {
            throw UsageError("--redis: \(error.message).")
        }
    }

    /// - Throws: `UsageError`, `CommandFailure`.
    private func simulation(_ settings: Settings, _ matching: RideHailingConfiguration) throws -> Simulation {
        func number(_ name: String, _ value: Double?, _ range: ClosedRange<Double>) throws -> Double? {
            guard let value else { return nil }
            guard range.contains(value) else {
                let (low, high) = (NumberFormat.decimal(range.lowerBound), NumberFormat.decimal(range.upperBound))
                throw UsageError("--\(name) is \(value); it goes from \(low) to \(high).")
            }
            return value
        }
        var simulation = Simulation()
        if let drivers = try settings.integer("drivers", drivers, in: 1...20_000) { simulation.drivers = drivers }
        if let minutes = try number("minutes", minutes, 0.01...527_040) { simulation.minutes = minutes }
        if let speed = try number("speed", speed, 0.1...10_000) { simulation.speed = speed }
        (simulation.seed, simulation.matchDeadline) = (seed, matching.matchDeadline)
        let mean = try number("requests-per-minute", requestsPerMinute, 0.01...1_000_000)
        guard let demand else {
            if begin != nil { throw UsageError("--begin is of --demand.") }
            simulation.demand = Demand(requestsPerMinute: mean ?? 60)
            return simulation
        }
        do {
            let file = try DemandFile(path: demand, from: begin)
            simulation.demand = Demand(file, minutes: simulation.minutes, mean: mean)
        } catch let failure as DemandFile.Failure {
            throw CommandFailure(exitCode: failure.isMissing ? .noInput : .dataError, failure.description)
        }
        return simulation
    }
}
