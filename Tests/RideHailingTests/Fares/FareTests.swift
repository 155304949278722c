import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("Fares")
struct FareTests {
    private func fails(_ expected: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("nothing was thrown")
        } catch {
            #expect("\(error)".contains(expected), "\(error)")
        }
    }

    @Test("A fare serves one ride, of the rider who asked, for some time")
    func use() async throws {
        try await withFleet(of: 2) { fleet in
            let fare = try await fleet[0].quote(from: Fleet.center, to: Fleet.destination, for: "ann")
            #expect(fare.amountCents > 0 && fare.distanceMeters > 5_000 && fare.currency == "USD")
            await fails("no such fare") { _ = try await fleet[1].requestRide(fare: fare.id, by: "eve") }
            let id = try await fleet[1].requestRide(fare: fare.id, by: "ann")
            let ride = try await fleet.service.ride(id)
            #expect(ride.amountCents == fare.amountCents && ride.from == Fleet.center && ride.to == Fleet.destination)
            await fails("has served a ride") { _ = try await fleet[0].requestRide(fare: fare.id, by: "ann") }
            for unknown in [Identifier.random(), "", "}", String(repeating: "x", count: 10_000)] {
                await fails("no such fare") { _ = try await fleet[0].requestRide(fare: unknown, by: "ann") }
            }
        }
    }

    @Test("One key, one ride, from any instance, also at once and when the fare is gone; another request with it is refused")
    func idempotency() async throws {
        try await withFleet(of: 3) { fleet in
            let fare = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
            let rides = try await withThrowingTaskGroup { group in
                for number in 0..<30 {
                    group.addTask { try await fleet[number].requestRide(fare: fare.id, by: "ann", idempotencyKey: "k") }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(rides.count == 1)
            _ = try await fleet.redis.send(RedisCommand("DEL", RideHailingKeys.fare(fare.id)))
            #expect(try await fleet.service.requestRide(fare: fare.id, by: "ann", idempotencyKey: "k") == rides.first)
            let other = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
            await fails("used for another") {
                _ = try await fleet.service.requestRide(fare: other.id, by: "ann", idempotencyKey: "k")
            }
            // Another's key is another key.
            let bens = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ben")
            #expect(try await fleet.service.requestRide(fare: bens.id, by: "ben", idempotencyKey: "k") != rides.first)
            for key in ["", "\n", "é", String(repeating: "k", count: 256)] {
                await fails("Idempotency-Key") {
                    _ = try await fleet.service.requestRide(fare: other.id, by: "ann", idempotencyKey: key)
                }
            }
        }
    }

    @Test("What was changed in Redis, or is too old, is no fare")
    func tampered() async throws {
        try await withFleet(configure: { $0.fareLifetime = .milliseconds(300) }) { fleet in
            let short = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
            try await eventually("it is gone") {
                try await fleet.redis.send(RedisCommand("EXISTS", RideHailingKeys.fare(short.id))).decode(as: Int.self) == 0
            }
            await fails("no such fare") { _ = try await fleet.service.requestRide(fare: short.id, by: "ann") }
        }
        try await withFleet { fleet in
            for (field, value) in [
                ("amount", "1"), ("rider", "eve"), ("from", "0 0"), ("signature", ""), ("expiresAt", "9999999999999"),
                ("currency", "XXX"),
            ] {
                let fare = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
                _ = try await fleet.redis.send(RedisCommand("HSET", RideHailingKeys.fare(fare.id), field, value))
                await fails("no such fare") { _ = try await fleet.service.requestRide(fare: fare.id, by: "ann") }
                await fails("no such fare") { _ = try await fleet.service.requestRide(fare: fare.id, by: "eve") }
            }
        }
    }

    @Test("Demand raises prices where it is, within bounds")
    func surge() async throws {
        let prices = PriceTable()
        #expect(prices.surge(requests: 0, drivers: 0) == 1 && prices.surge(requests: 5, drivers: 5) == 1)
        #expect(prices.surge(requests: 3, drivers: 2) == 1.5 && prices.surge(requests: 1_000_000, drivers: 1) == 2.5)
        let route = Route(distanceMeters: 10_000, durationSeconds: 1_200)
        #expect(prices.amountCents(for: route) == 206 + 1_140 + 730)
        #expect(prices.amountCents(for: route, surge: 2) == 2 * prices.amountCents(for: route))
        #expect(prices.amountCents(for: Route(distanceMeters: 0, durationSeconds: 0)) == 400)
        try await withFleet { fleet in
            let before = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
            for number in 0..<6 { _ = try await fleet.request(by: "rider\(number)") }
            let after = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
            #expect(after.amountCents > before.amountCents)
            let elsewhere = try await fleet.service.quote(from: Fleet.destination, to: Fleet.center, for: "ann")
            #expect(abs(elsewhere.amountCents - before.amountCents) <= 1)
        }
    }

    @Test("No route, no fare; a provider that answers nonsense is not believed")
    func routes() async throws {
        struct Provider: RouteProvider {
            let meters: Double
            func route(from: Coordinate, to: Coordinate) async throws -> Route {
                if meters == 0 { throw RideHailingError.noRoute }
                return Route(distanceMeters: meters, durationSeconds: 60)
            }
        }
        try await withFleet { fleet in
            for meters in [0, -1, .nan, .infinity, 1e300] {
                let service = RideHailing(redis: fleet.redis, routes: Provider(meters: meters))
                await fails("No route") { _ = try await service.quote(from: Fleet.center, to: Fleet.destination, for: "ann") }
            }
            let service = RideHailing(redis: fleet.redis, routes: Provider(meters: 1234.4))
            let fare = try await service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
            #expect(fare.distanceMeters == 1234)
        }
    }
}
