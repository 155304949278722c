import AsyncHTTPClient
import NIOCore
import NIOPosix
public import RideHailing

/// Drivers and riders of a city, who use a service as people do: over HTTP and WebSockets.
public struct Simulation: Sendable {
    public var drivers = 1_000
    public var demand = Demand(requestsPerMinute: 60)
    /// Simulated minutes in which rides are requested.
    public var minutes = 2.0
    /// So many simulated seconds pass in one.
    public var speed = 1.0
    public var seed: UInt64 = 1
    /// Within this time of its request a ride has a driver, or is given up, as the service was told.
    public var matchDeadline: Duration = .seconds(60)

    public init() {}

    /// How far a simulation has come.
    public struct Progress: Sendable {
        /// Of ``Simulation/minutes``.
        public let minutes: Double
        public let requested: Int
        public let matched: Int
        /// Drivers who have begun their work.
        public let drivers: Int
    }

    /// A city of 16 by 16 km with a dense center.
    private static let extent = 0.15
    private static let center = (latitude: 40.75, longitude: -73.97)
    /// So many drivers begin at once.
    private static let beginningAtOnce = 64
    /// How much later than its deadline the end of a ride may be seen.
    private static let grace = Duration.seconds(10)

    /// - Parameters:
    ///   - host: where the service listens: it has to take names for identities, as in development.
    ///   - log: what reads the log of all rides; nil: only what clients see is checked.
    ///   - mode: in which rides are offered.
    /// - Throws: what keeps it from beginning; `CancellationError`.
    public func run(
        host: String, port: Int, log: RideHailing?, mode: OfferMode, progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> SimulationOutcome {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        let http = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        let service = ServiceClient(host: host, port: port, http: http, group: MultiThreadedEventLoopGroup.singleton)
        let result: Result<SimulationOutcome, any Error>
        do {
            let follower = log.map { LogFollower($0, mode: mode) }
            try await follower?.skipToEnd()
            result = .success(try await simulate(service, follower, progress))
        } catch {
            result = .failure(error)
        }
        try? await http.shutdown()
        return try result.get()
    }

    private func simulate(
        _ service: ServiceClient, _ follower: LogFollower?, _ progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> SimulationOutcome {
        let observations = Observations()
        let city = City(
            center: try Coordinate(latitude: Self.center.latitude, longitude: Self.center.longitude), extent: Self.extent,
            spread: .dense)
        let pace = Pace(speed: speed)
        try await service.waitUntilReady()
        let people = (0..<drivers).map {
            Driver($0, seed: seed, city: city, pace: pace, service: service, observations: observations)
        }
        func report(_ minutes: Double, drivers: Int) {
            let counts = observations.snapshot
            progress(
                Progress(minutes: minutes, requested: counts.requested, matched: counts.timesToMatch.count, drivers: drivers))
        }
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let follower { group.addTask { await follower.run() } }
            try await start(people) { report(0, drivers: $0) }
            for driver in people { group.addTask { await driver.run() } }
            try await request(in: city, service, observations) { report($0, drivers: drivers) }
            group.cancelAll()
        }
        for driver in people { await driver.end() }
        try await follower?.readToEnd()
        return SimulationOutcome(
            self, observations.snapshot, follower?.findings, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }

    private func start(_ people: [Driver], begun: (Int) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, driver) in people.enumerated() {
                if number >= Self.beginningAtOnce {
                    try await group.next()
                    begun(number)
                }
                group.addTask { try await driver.begin() }
            }
            try await group.waitForAll()
        }
    }

    /// Riders come for as long as there is demand; then until all know whether they have a driver.
    private func request(
        in city: City, _ service: ServiceClient, _ observations: Observations, at minute: (Double) -> Void
    ) async throws {
        var random = SeededRandom(seed: ~seed)
        let begin = ContinuousClock.now
        let end = min(minutes, demand.minutes)
        func realTime(_ minute: Double) -> ContinuousClock.Instant { begin + .seconds(minute * 60 / speed) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var now = 0.0
            var number = 0
            var shown = ContinuousClock.now
            while let next = demand.next(after: now, until: end, &random) {
                while ContinuousClock.now < realTime(next) {
                    try await Task.sleep(until: min(realTime(next), .now + .milliseconds(100)))
                    minute((ContinuousClock.now - begin) / .seconds(60) * speed)
                    shown = .now
                }
                if shown < .now - .milliseconds(100) {
                    try Task.checkCancellation()
                    minute(next)
                    shown = .now
                }
                now = next
                number += 1
                let rider = Rider(number, in: city, service: service, observations: observations, &random)
                group.addTask { await rider.run() }
            }
            let latest = ContinuousClock.now + matchDeadline + Self.grace
            while ContinuousClock.now < latest, observations.isAnybodyWaiting(of: number) {
                try await Task.sleep(for: .milliseconds(100))
                minute(end)
            }
            group.cancelAll()
        }
    }
}
