import EmbeddedRedis
import Redis
import TestSupport
import Testing

@testable import RideHailing

/// Several instances of a service on one Redis, each with a client of its own, as if on several machines.
struct Fleet {
    let server: EmbeddedRedis
    let services: [RideHailing]
    /// A client that no instance uses, for looking at what is in Redis, and for harming it.
    let redis: RedisClient

    var service: RideHailing { services[0] }
    subscript(index: Int) -> RideHailing { services[index % services.count] }

    static let center = Coordinate(uncheckedLatitude: 40.75, longitude: -73.98)
    static let destination = Coordinate(uncheckedLatitude: 40.71, longitude: -74.01)

    /// A place so many meters north of the center.
    static func north(_ meters: Double) -> Coordinate {
        Coordinate(uncheckedLatitude: center.latitude + meters / 111_226, longitude: center.longitude)
    }

    /// A driver begins his work.
    func begin(_ driver: String, at place: Coordinate = Fleet.center) async throws {
        try await service.setAvailability(of: driver, to: .available)
        #expect(try await service.record(DriverPosition(driver: driver, coordinate: place)) == .recorded)
    }

    func begin(_ drivers: [String]) async throws {
        try await withThrowingTaskGroup { group in
            for (index, driver) in drivers.enumerated() {
                group.addTask { try await begin(driver, at: Fleet.north(Double(index))) }
            }
            try await group.waitForAll()
        }
    }

    func request(by rider: String = "ann", from place: Coordinate = Fleet.center) async throws -> String {
        let fare = try await service.quote(from: place, to: Fleet.destination, for: rider)
        return try await service.requestRide(fare: fare.id, by: rider)
    }

    /// A ride that has been offered, where no matcher runs.
    func offer(by rider: String = "ann") async throws -> Ride {
        let id = try await request(by: rider)
        await service.matcher.advance(id)
        return try await service.ride(id)
    }

    func offered(_ id: String) async throws -> [String] {
        let offers: [String: String] = try await redis.send(RedisCommand("HGETALL", RideHailingKeys.offers(of: id))).decode()
        return offers.filter { $0.value == "open" }.map(\.key).sorted()
    }

    func state(of driver: String) async throws -> [String?] {
        try await redis.send(RedisCommand("HMGET", RideHailingKeys.state(of: try UserName(driver)), "status", "ride")).decode()
    }

    /// Reads the whole log, and that it has nothing that must never be.
    @discardableResult
    func checkLog(_ mode: OfferMode = .sequential) async throws -> RideLogChecker {
        var checker = RideLogChecker(mode: mode)
        var position: String?
        while true {
            let entries = try await service.log(after: position)
            guard let last = entries.last else { break }
            for entry in entries { checker.check(entry) }
            position = last.position
        }
        #expect(checker.violations.isEmpty, "\(checker.violations.prefix(5))")
        return checker
    }

    func becomesReady() async throws {
        try await eventually("every instance works", within: .seconds(60)) {
            for service in services { try await service.probe() }
            return true
        }
    }
}

/// - Parameters:
///   - patience: how long a step may wait for Redis. Long where Redis is healthy, since a busy machine may make it late without
///     anything being wrong; short where its failure is the matter.
///   - runs: whether the instances run, with their matchers. Where they do not, nothing happens by itself.
func withFleet<Value>(
    of count: Int = 1, patience: Duration = .seconds(10), runs: Bool = false,
    configure: (inout RideHailingConfiguration) -> Void = { _ in }, _ body: (Fleet) async throws -> Value
) async throws -> Value {
    try await withRedis { server, redis in
        var clientConfiguration = try RedisConfiguration(url: server.url)
        clientConfiguration.deadline = patience
        let clients = (0..<count).map { [clientConfiguration] _ in RedisClient(clientConfiguration) }
        var configuration = RideHailingConfiguration()
        configuration.redisDeadline = patience
        // Nothing ends by itself because a machine is slow.
        configuration.driverLifetime = .seconds(600)
        configuration.matchDeadline = .seconds(600)
        configuration.offerDuration = .seconds(300)
        configure(&configuration)
        let services = clients.map { [configuration] in RideHailing(redis: $0, configuration: configuration) }
        let running = runs ? services.map { service in Task { try await service.run() } } : []
        func end() async {
            for task in running { task.cancel() }
            for task in running { _ = await task.result }
            for client in clients { await client.close() }
        }
        do {
            let fleet = Fleet(server: server, services: services, redis: redis)
            if runs { try await fleet.becomesReady() }
            let value = try await body(fleet)
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }
}

/// What a transition came to.
enum Outcome: Hashable {
    case done
    case conflict(RideStatus)
    case failed

    init(_ body: () async throws -> Ride) async {
        do {
            _ = try await body()
            self = .done
        } catch RideHailingError.conflict(let ride) {
            self = .conflict(ride.status)
        } catch {
            self = .failed
        }
    }
}
