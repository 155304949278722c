import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("Where drivers are")
struct PositionTests {
    private func now(_ fleet: Fleet) async throws -> Int {
        try RedisClock.milliseconds(try await fleet.redis.send(RedisCommand("TIME")))
    }

    private func found(_ fleet: Fleet) async throws -> [String] {
        try await fleet.service.drivers(near: Fleet.center, radiusMeters: 50_000, limit: 100).map(\.driver)
    }

    @Test("The newest by its own time counts; what comes late or from the future is dropped")
    func order() async throws {
        try await withFleet { fleet in
            try await fleet.begin("dan", at: Fleet.north(0))
            let now = try await now(fleet)
            func record(_ meters: Double, at: Int?) async throws -> PositionOutcome {
                try await fleet.service.record(
                    DriverPosition(driver: "dan", coordinate: Fleet.north(meters), atMilliseconds: at))
            }
            func meters() async throws -> Int {
                Int(try await fleet.service.drivers(near: Fleet.center, limit: 1)[0].distanceMeters.rounded())
            }
            #expect(try await record(100, at: now - 60_000) == .outdated)
            #expect(try await meters() == 0)
            #expect(try await record(200, at: now + 2_000) == .recorded)
            #expect(try await meters() == 200)
            #expect(try await record(300, at: now + 2_000) == .outdated)
            #expect(try await record(400, at: now + 1_999) == .outdated)
            #expect(try await record(500, at: now + 60_000_000) == .inFuture)
            #expect(try await meters() == 200)
            try await eventually("now is later than what came first") { try await record(600, at: nil) == .recorded }
            #expect(try await meters() == 600)
            for at in [-1, .max, .min] {
                #expect(throws: RideHailingError.self) {
                    try DriverPosition(driver: "dan", coordinate: Fleet.center, atMilliseconds: at)
                }
            }
        }
    }

    @Test("Out of order, from several instances, at once: the newest stays")
    func shuffled() async throws {
        try await withFleet(of: 3) { fleet in
            try await fleet.service.setAvailability(of: "dan", to: .available)
            let now = try await now(fleet)
            var random = SeededGenerator()
            let order = Array(0..<200).shuffled(using: &random)
            await withTaskGroup { group in
                for (index, number) in order.enumerated() {
                    group.addTask {
                        // 30 cells of them.
                        let place = Fleet.north(Double(number % 30) * 11_200 - 160_000)
                        _ = try? await fleet[index].record(
                            DriverPosition(driver: "dan", coordinate: place, atMilliseconds: now - 1_000 + number))
                    }
                }
            }
            let found = try await fleet.service.drivers(near: Fleet.north(Double(199 % 30) * 11_200 - 160_000), radiusMeters: 10)
            #expect(found.map(\.driver) == ["dan"], "\(random)")
            // And in one cell alone.
            try await eventually("every other cell was left") {
                let keys: [String] = try await fleet.redis.send(RedisCommand("KEYS", "ride-hailing:{cell:*:drivers")).decode()
                return keys.count == 1
            }
        }
    }

    @Test("A driver is found where he is now, and nowhere else; not offline, and not with a ride")
    func moving() async throws {
        try await withFleet { fleet in
            try await fleet.service.setAvailability(of: "dan", to: .available)
            #expect(try await found(fleet) == [])
            for meters in [0, 30_000, 500, 60_000.0, 100] {
                _ = try await fleet.service.record(DriverPosition(driver: "dan", coordinate: Fleet.north(meters)))
                #expect(try await found(fleet) == (meters <= 50_000 ? ["dan"] : []))
            }
            try await fleet.service.setAvailability(of: "dan", to: .offline)
            #expect(try await found(fleet) == [])
            _ = try await fleet.service.record(DriverPosition(driver: "dan", coordinate: Fleet.center))
            #expect(try await found(fleet) == [])
            // Where he was last.
            try await fleet.service.setAvailability(of: "dan", to: .available)
            #expect(try await found(fleet) == ["dan"])
            let cell = RideHailingKeys.drivers(in: CityCell(containing: Fleet.center))
            let ride = try await fleet.offer()
            #expect(try await found(fleet) == [])
            // At once, so that no other ride's search comes across him.
            #expect(try await fleet.redis.send(RedisCommand("ZCARD", cell)).decode(as: Int.self) == 0)
            _ = try await fleet.service.perform(.accept, on: ride.id, by: "dan", version: 2)
            _ = try await fleet.service.record(DriverPosition(driver: "dan", coordinate: Fleet.center))
            #expect(try await found(fleet) == [])
            #expect(try await fleet.redis.send(RedisCommand("ZCARD", cell)).decode(as: Int.self) == 0)
            _ = try await fleet.service.perform(.cancel, on: ride.id, by: "ann", version: 3)
            #expect(try await found(fleet) == ["dan"])
        }
    }

    @Test("Who is not seen any more is not found, and leaves nothing behind in his cell")
    func unseen() async throws {
        try await withFleet(configure: { $0.driverLifetime = .milliseconds(600) }) { fleet in
            try await fleet.begin("dan")
            try await fleet.service.setAvailability(of: "eve", to: .available)
            let cell = CityCell(containing: Fleet.center)
            try await eventually("a driver who is seen pushes out who is not") {
                _ = try await fleet.service.record(DriverPosition(driver: "eve", coordinate: Fleet.center))
                return try await fleet.redis.send(RedisCommand("ZRANGE", RideHailingKeys.seen(in: cell), 0, -1)).decode() == [
                    "eve"
                ]
            }
            try await eventually { try await found(fleet) == [] }
            try await eventually("nothing is left") {
                try await fleet.redis.send(
                    RedisCommand("EXISTS", RideHailingKeys.drivers(in: cell), RideHailingKeys.seen(in: cell))
                ).decode(as: Int.self) == 0
            }
        }
    }

    @Test("A position that is old is no sight of the driver, whenever it comes")
    func old() async throws {
        try await withFleet(configure: { $0.driverLifetime = .seconds(15) }) { fleet in
            try await fleet.service.setAvailability(of: "dan", to: .available)
            let at = try await now(fleet) - 16_000
            #expect(
                try await fleet.service.record(DriverPosition(driver: "dan", coordinate: Fleet.center, atMilliseconds: at))
                    == .recorded)
            #expect(try await found(fleet) == [])
        }
    }

    @Test("A flood of one driver's positions is few commands, and the last of them counts")
    func flood() async throws {
        try await withFleet { fleet in
            try await fleet.service.setAvailability(of: "dan", to: .available)
            let now = try await now(fleet)
            func calls() async throws -> Int {
                let text: String = try await fleet.redis.send(RedisCommand("INFO", "commandstats")).decode()
                let line = text.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_geoadd:") } ?? "calls=0,"
                return Int(line.split(separator: "calls=").last?.prefix { $0 != "," } ?? "") ?? 0
            }
            for number in 1...20_000 {
                let place = Fleet.north(Double(number % 2_000))
                fleet.service.enqueue(try DriverPosition(driver: "dan", coordinate: place, atMilliseconds: now - 20_000 + number))
            }
            let last = try DriverPosition(driver: "dan", coordinate: Fleet.north(7), atMilliseconds: now + 1)
            #expect(try await fleet.service.record(last) == .recorded)
            #expect(try await fleet.service.drivers(near: Fleet.north(7), radiusMeters: 1).map(\.driver) == ["dan"])
            #expect(try await calls() < 5_000)
        }
    }

    @Test("The driver of a ride is seen by its rider")
    func ofRide() async throws {
        try await withFleet { fleet in
            try await fleet.begin("dan")
            let ride = try await fleet.offer()
            _ = try await fleet.service.perform(.accept, on: ride.id, by: "dan", version: 2)
            try await fleet.service.withPositions(of: ride.id) { positions in
                let driving = Task {
                    var meters = 0.0
                    while !Task.isCancelled {
                        meters += 1
                        let position = try DriverPosition(driver: "dan", coordinate: Fleet.north(meters), heading: 90)
                        _ = try await fleet.service.record(position)
                    }
                }
                var iterator = positions.makeAsyncIterator()
                let first = try #require(await iterator.next(isolation: nil))
                let second = try #require(await iterator.next(isolation: nil))
                driving.cancel()
                #expect(first.heading == 90 && first.atMilliseconds <= second.atMilliseconds)
                #expect(first.coordinate.latitude < second.coordinate.latitude)
            }
        }
    }
}
