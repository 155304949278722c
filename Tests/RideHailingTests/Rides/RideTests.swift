import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("A ride from its request to its end")
struct RideTests {
    @Test("Each transition raises the version; everyone who may sees it with its history")
    func life() async throws {
        try await withFleet(of: 2) { fleet in
            try await fleet.begin("dan")
            let id = try await fleet.request()
            let requested = try await fleet.service.ride(id, for: "ann")
            #expect(requested.status == .requested && requested.version == 1 && requested.driver == nil)
            await fleet.service.matcher.advance(id)
            let offer = try #require(try await fleet[1].openOffers(to: "dan").first)
            #expect(offer.version == 2 && offer.ride.id == id && offer.ride.status == .offered)
            let accepted = try await fleet[1].perform(.accept, on: id, by: "dan", version: 2)
            #expect(accepted.status == .accepted && accepted.version == 3 && accepted.driver == "dan")
            #expect(try await fleet.service.openOffers(to: "dan").isEmpty)
            #expect(try await fleet.service.currentRide(of: "dan")?.id == id)
            #expect(try await fleet.service.perform(.start, on: id, by: "dan", version: 3).status == .started)
            let completed = try await fleet.service.perform(.complete, on: id, by: "dan", version: 4)
            #expect(completed.status == .completed && completed.version == 5)
            #expect(completed.history.map(\.status) == [.requested, .offered, .accepted, .started, .completed])
            #expect(completed.history.map(\.version) == [1, 2, 3, 4, 5])
            #expect(completed.history.map(\.by) == ["ann", nil, "dan", "dan", "dan"])
            #expect(completed.history.map(\.atMilliseconds) == completed.history.map(\.atMilliseconds).sorted())
            #expect(try await fleet.state(of: "dan") == ["available", nil])
            #expect(try await fleet.service.ride(id, for: "dan") == completed)
            #expect(try await fleet.service.drivers(near: Fleet.center).map(\.driver) == ["dan"])
            try await fleet.checkLog()
            // What has ended goes by itself.
            for key in RideHailingKeys.ofRide(id).prefix(3) {
                #expect(try await fleet.redis.send(RedisCommand("PTTL", key)).decode(as: Int.self) > 0)
            }
        }
    }

    @Test("Repeating what one has won gives the ride again; a stale version is refused with the ride as it is")
    func repetitions() async throws {
        try await withFleet { fleet in
            try await fleet.begin(["dan"])
            let id = try await fleet.offer().id
            let perform = { (transition: RideTransition, user: String, version: Int) in
                await Outcome { try await fleet.service.perform(transition, on: id, by: user, version: version) }
            }
            #expect(await perform(.accept, "dan", 1) == .conflict(.offered))
            for _ in 0..<2 { #expect(await perform(.accept, "dan", 2) == .done) }
            #expect(await perform(.cancel, "ann", 2) == .conflict(.accepted))
            #expect(await perform(.complete, "dan", 3) == .conflict(.accepted))
            for _ in 0..<2 { #expect(await perform(.start, "dan", 3) == .done) }
            #expect(await perform(.accept, "dan", 2) == .done)
            #expect(await perform(.cancel, "ann", 3) == .conflict(.started))
            for _ in 0..<2 { #expect(await perform(.complete, "dan", 4) == .done) }
            #expect(await perform(.start, "dan", 3) == .done)
            #expect(await perform(.cancel, "dan", 5) == .conflict(.completed))
            #expect(await perform(.cancel, "ann", 5) == .conflict(.completed))
            #expect(try await fleet.service.ride(id).version == 5)
            #expect(try await fleet.checkLog().counts[.completed] == 1)
        }
    }

    @Test("Nobody else may do anything with it, or see it")
    func others() async throws {
        try await withFleet { fleet in
            try await fleet.begin(["dan"])
            let id = try await fleet.offer().id
            for transition in RideTransition.allCases {
                await #expect(throws: RideHailingError.self) {
                    try await fleet.service.perform(transition, on: id, by: "eve", version: 2)
                }
                // Its rider does not drive.
                guard transition != .cancel else { continue }
                await #expect { try await fleet.service.perform(transition, on: id, by: "ann", version: 2) } throws: {
                    if case .forbidden? = $0 as? RideHailingError { true } else { false }
                }
            }
            // The driver who was offered it may not cancel it.
            await #expect { try await fleet.service.perform(.cancel, on: id, by: "dan", version: 2) } throws: {
                if case .forbidden? = $0 as? RideHailingError { true } else { false }
            }
            await #expect { try await fleet.service.ride(id, for: "eve") } throws: {
                if case .forbidden? = $0 as? RideHailingError { true } else { false }
            }
            for unknown in [Identifier.random(), "", "}{", "../x", String(repeating: "a", count: 10_000)] {
                await #expect { try await fleet.service.perform(.accept, on: unknown, by: "dan", version: 1) } throws: {
                    if case .notFound? = $0 as? RideHailingError { true } else { false }
                }
                await #expect { try await fleet.service.ride(unknown) } throws: {
                    if case .notFound? = $0 as? RideHailingError { true } else { false }
                }
            }
            #expect(try await fleet.service.ride(id).version == 2)
        }
    }

    @Test("Cancelled by its driver, he is free; a driver may end a ride that has started, its rider may not")
    func cancelling() async throws {
        try await withFleet { fleet in
            try await fleet.begin(["dan"])
            for isStarted in [false, true] {
                let id = try await fleet.offer().id
                _ = try await fleet.service.perform(.accept, on: id, by: "dan", version: 2)
                if isStarted { _ = try await fleet.service.perform(.start, on: id, by: "dan", version: 3) }
                let ride = try await fleet.service.perform(.cancel, on: id, by: "dan", version: isStarted ? 4 : 3)
                #expect(ride.status == .cancelled && ride.driver == "dan")
                #expect(try await fleet.state(of: "dan") == ["available", nil])
            }
            let id = try await fleet.offer().id
            let ride = try await fleet.service.perform(.cancel, on: id, by: "ann", version: 2)
            #expect(ride.status == .cancelled && ride.driver == nil)
            #expect(try await fleet.state(of: "dan") == ["available", nil])
            #expect(try await fleet.service.openOffers(to: "dan").isEmpty)
            #expect(
                await Outcome { try await fleet.service.perform(.accept, on: id, by: "dan", version: 2) } == .conflict(.cancelled)
            )
            try await fleet.checkLog()
        }
    }

    @Test("Names of every kind keep their rides apart")
    func names() async throws {
        let names = [
            "*", "-", "", "a b", "a,b", "{x}", "a}", "%41", "A", "Ä", "\u{41}\u{308}", "\n", String(repeating: "é", count: 256),
        ]
        try await withFleet { fleet in
            await #expect(throws: RideHailingError.self) { try await fleet.service.setAvailability(of: "", to: .available) }
            await #expect(throws: RideHailingError.self) {
                try await fleet.service.setAvailability(of: String(repeating: "x", count: 513), to: .available)
            }
            for name in names where !name.isEmpty {
                try await fleet.begin(name)
                let ride = try await fleet.offer(by: name)
                #expect(Array(ride.rider.utf8) == Array(name.utf8))
                let accepted = try await fleet.service.perform(.accept, on: ride.id, by: name, version: 2)
                #expect(accepted.driver.map { Array($0.utf8) } == Array(name.utf8))
                #expect(try await fleet.service.currentRide(of: name)?.id == ride.id)
            }
            #expect(try await fleet.checkLog().counts[.accepted] == names.count - 1)
        }
    }
}
