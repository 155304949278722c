import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("Offers, rounds and their ends")
struct OfferTests {
    @Test("One after the other, nearest first; who has rejected is not asked again")
    func sequential() async throws {
        try await withFleet { fleet in
            try await fleet.begin(["d0", "d1", "d2"])
            let id = try await fleet.offer().id
            for (round, driver) in ["d0", "d1", "d2"].enumerated() {
                #expect(try await fleet.offered(id) == [driver])
                let version = try await fleet.service.ride(id).version
                #expect(version == 2 + 2 * round)
                let rejected = try await fleet.service.perform(.reject, on: id, by: driver, version: version)
                #expect(rejected.status == .requested && rejected.version == version + 1)
                // Once more, although the ride has gone on.
                #expect(try await fleet.service.perform(.reject, on: id, by: driver, version: version).version == version + 1)
                #expect(try await fleet.state(of: driver) == ["available", nil])
                await fleet.service.matcher.advance(id)
            }
            #expect(try await fleet.service.ride(id).status == .requested)
            // Somebody else comes.
            try await fleet.begin("late")
            await fleet.service.matcher.advance(id)
            #expect(try await fleet.offered(id) == ["late"])
            try await fleet.checkLog()
        }
    }

    @Test("No driver is offered two rides at once")
    func kept() async throws {
        try await withFleet(of: 4, runs: true) { fleet in
            try await fleet.begin(["d0", "d1", "d2"])
            var rides: [String] = []
            for number in 0..<12 { rides.append(try await fleet.request(by: "rider\(number)")) }
            try await eventually("every driver has an offer") {
                var open = 0
                for ride in rides { open += try await fleet.offered(ride).count }
                return open == 3
            }
            // Each takes what he is offered, drives, and gets the next.
            try await eventually("all rides end", within: .seconds(60)) {
                for driver in ["d0", "d1", "d2"] {
                    for offer in try await fleet.service.openOffers(to: driver) {
                        let ride = try await fleet.service.perform(.accept, on: offer.ride.id, by: driver, version: offer.version)
                        _ = try await fleet.service.perform(.start, on: ride.id, by: driver, version: ride.version)
                        _ = try await fleet.service.perform(.complete, on: ride.id, by: driver, version: ride.version + 1)
                    }
                }
                for ride in rides where try await fleet.service.ride(ride).status != .completed { return false }
                return true
            }
            #expect(try await fleet.checkLog().counts[.completed] == 12)
        }
    }

    @Test("At once: who goes offline rejects; the last one ends the round")
    func broadcastToWhoGoes() async throws {
        try await withFleet(configure: { ($0.offerMode, $0.broadcastDrivers) = (.broadcast, 2) }) { fleet in
            try await fleet.begin(["d0", "d1"])
            let id = try await fleet.offer().id
            #expect(try await fleet.offered(id) == ["d0", "d1"])
            try await fleet.service.setAvailability(of: "d0", to: .offline)
            #expect(try await fleet.offered(id) == ["d1"])
            try await fleet.service.setAvailability(of: "d1", to: .offline)
            #expect(try await fleet.service.ride(id).status == .requested)
            #expect(try await fleet.state(of: "d1") == ["offline", nil])
            try await fleet.checkLog()
        }
    }

    @Test("At once: all have one version; a rejection leaves the others theirs; the last one ends the round")
    func broadcast() async throws {
        try await withFleet(configure: { ($0.offerMode, $0.broadcastDrivers) = (.broadcast, 3) }) { fleet in
            try await fleet.begin(["d0", "d1", "d2", "d3", "d4"])
            let id = try await fleet.offer().id
            #expect(try await fleet.offered(id) == ["d0", "d1", "d2"])
            for driver in ["d0", "d1"] {
                let ride = try await fleet.service.perform(.reject, on: id, by: driver, version: 2)
                #expect(ride.status == .offered && ride.version == 2)
            }
            #expect(try await fleet.service.perform(.reject, on: id, by: "d2", version: 2).status == .requested)
            await fleet.service.matcher.advance(id)
            #expect(try await fleet.offered(id) == ["d3", "d4"])
            #expect(
                await Outcome { try await fleet.service.perform(.accept, on: id, by: "d0", version: 4) } == .conflict(.offered))
            #expect(
                await Outcome { try await fleet.service.perform(.accept, on: id, by: "d3", version: 2) } == .conflict(.offered))
            #expect(try await fleet.service.perform(.accept, on: id, by: "d4", version: 4).driver == "d4")
            #expect(
                await Outcome { try await fleet.service.perform(.accept, on: id, by: "d3", version: 4) } == .conflict(.accepted))
            #expect(try await fleet.service.openOffers(to: "d3").isEmpty)
            try await fleet.checkLog(.broadcast)
        }
    }

    @Test("Every request ends: with nobody near, with nobody who accepts, and says why")
    func unmatched() async throws {
        try await withFleet(
            runs: true,
            configure: {
                ($0.matchDeadline, $0.offerDuration, $0.retryInterval) = (.seconds(4), .milliseconds(300), .milliseconds(100))
            }
        ) { fleet in
            let alone = try await fleet.request(by: "alone")
            try await fleet.begin(["d0", "d1"])
            let refused = try await fleet.request(from: Fleet.center)
            let far = try await fleet.request(by: "far", from: Fleet.north(20_000))
            for id in [alone, refused, far] {
                try await eventually { try await fleet.service.ride(id).status == .unmatched }
            }
            #expect(try await fleet.service.ride(far).reason == "no driver is near")
            let ride = try await fleet.service.ride(refused)
            #expect(ride.reason == "no driver accepted in time" && ride.driver == nil)
            #expect(ride.history.count { $0.status == .offered } >= 1)
            #expect(try await fleet.state(of: "d0") == ["available", nil])
            for key in [RideHailingKeys.due, RideHailingKeys.deadlines] {
                #expect(try await fleet.redis.send(RedisCommand("ZCARD", key)).decode(as: Int.self) == 0)
            }
            try await fleet.checkLog()
        }
    }

    @Test("Who ends his work rejects what he is offered; who has a ride has to end that first")
    func availability() async throws {
        try await withFleet { fleet in
            try await fleet.begin(["d0", "d1"])
            let id = try await fleet.offer().id
            // Saying again that he is available changes nothing.
            try await fleet.service.setAvailability(of: "d0", to: .available)
            #expect(try await fleet.offered(id) == ["d0"])
            try await fleet.service.setAvailability(of: "d0", to: .offline)
            #expect(try await fleet.state(of: "d0") == ["offline", nil])
            await fleet.service.matcher.advance(id)
            #expect(try await fleet.offered(id) == ["d1"])
            let version = try await fleet.service.ride(id).version
            _ = try await fleet.service.perform(.accept, on: id, by: "d1", version: version)
            for availability in DriverAvailability.allCases {
                await #expect { try await fleet.service.setAvailability(of: "d1", to: availability) } throws: {
                    if case .driverRiding(id)? = $0 as? RideHailingError { true } else { false }
                }
            }
            #expect(try await fleet.state(of: "d1") == ["riding", id])
            // A ride that is lost, however that came, keeps nobody.
            _ = try await fleet.redis.send(RedisCommand("DEL", RideHailingKeys.ride(id)))
            try await fleet.service.setAvailability(of: "d1", to: .available)
            #expect(try await fleet.state(of: "d1") == ["available", nil])
        }
    }

    @Test("What changes is told to every instance: who may accept, and who may not any more")
    func events() async throws {
        try await withFleet(of: 2, runs: true, configure: { $0.offerMode = .broadcast }) { fleet in
            // That there was nothing before is news, too.
            let changes = fleet[1].events().compactMap { news -> RideEvent? in
                guard case .changed(let event) = news else { return nil }
                return event
            }
            var events = changes.makeAsyncIterator()
            try await fleet.begin(["d0", "d1"])
            let id = try await fleet.request()
            let requested = try #require(await events.next())
            #expect(requested.ride == id && requested.status == .requested && requested.rider == "ann")
            let offered = try #require(await events.next())
            #expect(offered.status == .offered && offered.version == 2 && Set(offered.offered) == ["d0", "d1"])
            _ = try await fleet.service.perform(.accept, on: id, by: "d1", version: 2)
            let accepted = try #require(await events.next())
            #expect(accepted.status == .accepted && accepted.driver == "d1" && accepted.withdrawn == ["d0"])
        }
    }
}
