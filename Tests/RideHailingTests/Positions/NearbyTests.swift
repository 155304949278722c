import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("The nearest drivers")
struct NearbyTests {
    @Test("As a search through all drivers finds them, everywhere on the globe")
    func bruteForce() async throws {
        var random = SeededGenerator()
        try await withFleet { fleet in
            for _ in 0..<40 {
                let center = Globe.place(using: &random)
                var drivers: [String: Coordinate] = [:]
                var busy: Set<String> = []
                let spread = random.pick([100, 3_000, 50_000.0])
                for number in 0..<60 {
                    let driver = "d\(number)"
                    let place = Globe.place(near: center, within: spread * 1.5, using: &random)
                    drivers[driver] = place
                    if Int.random(in: 0..<4, using: &random) == 0 { busy.insert(driver) }
                }
                try await put(drivers, except: busy, fleet)
                for _ in 0..<5 {
                    let from = Globe.place(near: center, within: spread, using: &random)
                    let radius = random.pick([1, 200, 3_000, 50_000, Double.random(in: 1...50_000, using: &random)])
                    let limit = random.pick([1, 10, 100])
                    let found = try await fleet.service.drivers(near: from, radiusMeters: radius, limit: limit)
                    let expected = drivers.filter { !busy.contains($0.key) }
                        .map { (driver: $0.key, distance: from.distanceMeters(to: $0.value)) }
                        .filter { $0.distance <= radius }.sorted { $0.distance < $1.distance }.prefix(limit)
                    #expect(found.map(\.driver) == expected.map(\.driver), "\(random): \(from) \(radius) \(limit)")
                    #expect(zip(found, expected).allSatisfy { abs($0.distanceMeters - $1.distance) < 0.01 })
                    #expect(found.allSatisfy { drivers[$0.driver] == $0.coordinate })
                }
            }
        }
    }

    /// Drivers of the round before are somewhere else now, in other cells as a rule.
    private func put(_ drivers: [String: Coordinate], except busy: Set<String>, _ fleet: Fleet) async throws {
        let recorded = try await withThrowingTaskGroup(of: PositionOutcome.self) { group in
            for (driver, place) in drivers {
                group.addTask {
                    try await fleet.service.setAvailability(of: driver, to: busy.contains(driver) ? .offline : .available)
                    return try await fleet.service.record(DriverPosition(driver: driver, coordinate: place))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(recorded.allSatisfy { $0 == .recorded })
    }

    @Test("1,000 drivers in one place, most of whom are busy by now: those who are not are found")
    func dense() async throws {
        try await withFleet { fleet in
            let all = (0..<1_000).map { "d\($0)" }
            try await fleet.begin(all)
            // Kept for rides, without a position since: their cells do not know it yet.
            _ = try await fleet.redis.replies(
                to: all.prefix(980).map {
                    RedisCommand("HSET", RideHailingKeys.driverPrefix + $0, "status", "riding", "ride", "x")
                }, deadline: .seconds(30))
            let found = try await fleet.service.drivers(near: Fleet.center, radiusMeters: 5_000, limit: 10)
            #expect(found.map(\.driver) == Array(all[980..<990]))
            let rest = try await fleet.service.drivers(near: Fleet.center, radiusMeters: 5_000, limit: 100)
            #expect(rest.map(\.driver) == Array(all[980...]))
        }
    }

    @Test("Radius and limit have bounds")
    func bounds() async throws {
        try await withFleet { fleet in
            for radius in [0, -1, 50_001, .nan, .infinity] {
                await #expect(throws: RideHailingError.self) {
                    try await fleet.service.drivers(near: Fleet.center, radiusMeters: radius)
                }
            }
            for limit in [0, 101, -1] {
                await #expect(throws: RideHailingError.self) { try await fleet.service.drivers(near: Fleet.center, limit: limit) }
            }
        }
    }
}
