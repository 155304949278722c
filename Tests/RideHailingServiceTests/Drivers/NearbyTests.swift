import TestSupport
import Testing

/// Who is near, over all borders on the globe.
@Suite(.service(.rideHailing, "--driver-ttl-seconds", "600"), .serialized)
struct NearbyTests {
    @Test func `the nearest first, 10 of them within 3 km unless more is asked for`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        for index in 0..<15 { try await service.begin("d\(index)", at: here.north(Double(index * 200))) }
        let found = try await service.nearby(here)
        #expect(found.map(\.id) == (0..<10).map { "d\($0)" })
        for (index, driver) in found.enumerated() {
            #expect(abs(driver.distanceMeters - Double(index * 200)) < 1)
            #expect(Place(lat: driver.lat, lon: driver.lon).distanceMeters(to: here.north(Double(index * 200))) < 1)
            #expect(driver.seenAt.isTime)
        }
        #expect(try await service.nearby(here, "&limit=100").count == 15)
        #expect(try await service.nearby(here, "&limit=3").map(\.id) == ["d0", "d1", "d2"])
        #expect(try await service.nearby(here, "&radiusMeters=500&limit=100").map(\.id) == ["d0", "d1", "d2"])
        #expect(try await service.nearby(here.north(2800), "&radiusMeters=100").map(\.id) == ["d14"])
        try await service.begin("far", at: here.north(3010))
        #expect(try await !service.nearby(here, "&limit=100").contains { $0.id == "far" })
        #expect(try await service.nearby(here, "&limit=100&radiusMeters=50000").last?.id == "far")
    }

    @Test(arguments: [
        ("", "lat"), ("?lat=1", "lon"), ("?lon=1", "lat"), ("?lat=&lon=1", "lat"), ("?lat=x&lon=1", "lat"),
        ("?lat=nan&lon=1", "lat"), ("?lat=1&lon=inf", "lon"), ("?lat=91&lon=1", "lat"), ("?lat=1&lon=-181", "lon"),
        ("?lat=1&lon=1&radiusMeters=0", "radiusMeters"), ("?lat=1&lon=1&radiusMeters=-5", "radiusMeters"),
        ("?lat=1&lon=1&radiusMeters=50001", "radiusMeters"), ("?lat=1&lon=1&radiusMeters=nan", "radiusMeters"),
        ("?lat=1&lon=1&radiusMeters=far", "radiusMeters"), ("?lat=1&lon=1&limit=0", "limit"), ("?lat=1&lon=1&limit=101", "limit"),
        ("?lat=1&lon=1&limit=-1", "limit"), ("?lat=1&lon=1&limit=ten", "limit"), ("?lat=1&lon=1&limit=1.5", "limit"),
        ("?lat=0x1p3&lon=1", "lat"), ("?lat=1&lon=1&limit=99999999999999999999", "limit"),
    ])
    func `a question that is none`(_ query: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.ask("GET", "/v1/drivers/nearby" + query, as: "ann"), 400, word)
    }

    @Test func `50,000 meters and 100 drivers are as far as it goes`() async throws {
        let service = try RunningService.shared
        let reply = try await service.ask(
            "GET", "/v1/drivers/nearby?lat=-89.9999&lon=-180&radiusMeters=50000&limit=100", as: "ann")
        #expect(reply.status == 200)
    }

    static let centers = [
        Place(lat: 0, lon: 180), Place(lat: 0, lon: -180), Place(lat: 52.5, lon: 179.99), Place(lat: -17.8, lon: -179.98),
        Place(lat: 90, lon: 0), Place(lat: 89.98, lon: 77), Place(lat: -90, lon: -33), Place(lat: -89.97, lon: 180),
        Place(lat: 84.005, lon: 12.3), Place(lat: 85.05, lon: -60), Place(lat: -85.06, lon: 60), Place(lat: 0, lon: 0),
        Place(lat: 66.6, lon: 179.999), Place(lat: 40.8, lon: -74),
    ]

    @Test(arguments: centers)
    func `as one finds them who looks at all of them`(_ center: Place) async throws {
        let service = try RunningService.shared
        var random = SeededGenerator()
        var places: [String: Place] = [:]
        // Under other names than in any other case.
        for index in 0..<24 {
            let place = center.moved(
                meters: 40_000 * .random(in: 0...1, using: &random) * .random(in: 0...1, using: &random),
                bearing: .random(in: 0...(2 * .pi), using: &random))
            places["\(center.lat) \(center.lon) \(index)"] = place
        }
        // Each comes from somewhere else, so that who has left is no longer there.
        let somewhere = Place.own()
        for (name, place) in places {
            try await service.begin(name, at: somewhere)
            try await service.locate(name, place)
        }
        for radius in [800.0, 5_000, 20_000, 50_000] {
            let asked = center.moved(meters: radius / 3, bearing: .random(in: 0...(2 * .pi), using: &random))
            let found = try await service.nearby(asked, "&limit=100&radiusMeters=\(radius)").filter { places[$0.id] != nil }
            let distances = places.mapValues { asked.distanceMeters(to: $0) }
            // Who is just at the edge may be on either side of it.
            let expected = Set(distances.filter { $0.value < radius - 1 }.keys)
            let possible = Set(distances.filter { $0.value < radius + 1 }.keys)
            let names = Set(found.map(\.id))
            #expect(names.count == found.count, "twice: \(found) \(random)")
            #expect(names.isSuperset(of: expected), "missing: \(expected.subtracting(names)) at \(asked) \(random)")
            #expect(names.isSubset(of: possible), "too many: \(names.subtracting(possible)) at \(asked) \(random)")
            #expect(found.map(\.distanceMeters) == found.map(\.distanceMeters).sorted(), "\(random)")
            for driver in found {
                #expect(abs(driver.distanceMeters - (distances[driver.id] ?? 0)) < 1, "\(driver) \(random)")
            }
        }
        #expect(try await service.nearby(somewhere).isEmpty)
        for name in places.keys { try await service.setStatus(of: name, "offline") }
    }
}
