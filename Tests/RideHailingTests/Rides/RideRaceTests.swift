import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("One winner, both ways")
struct RideRaceTests {
    @Test("100 drivers accept one ride at the same moment, a thousand times: one has it each time")
    func manyDrivers() async throws {
        let drivers = (0..<100).map { "d\($0)" }
        try await withFleet(of: 4, configure: { ($0.offerMode, $0.broadcastDrivers) = (.broadcast, 100) }) { fleet in
            try await fleet.begin(drivers)
            for _ in 0..<1000 {
                let id = try await fleet.offer().id
                #expect(try await fleet.offered(id).count == 100)
                let winners = try await withThrowingTaskGroup(of: String?.self) { group in
                    for (index, driver) in drivers.enumerated() {
                        group.addTask {
                            do {
                                return try await fleet[index].perform(.accept, on: id, by: driver, version: 2).driver
                            } catch RideHailingError.conflict(let ride) {
                                #expect(ride.status == .accepted && ride.driver != driver)
                                return nil
                            }
                        }
                    }
                    return try await group.reduce(into: [String]()) { if let driver = $1 { $0.append(driver) } }
                }
                #expect(winners.count == 1)
                let winner = try #require(winners.first)
                #expect(try await fleet.state(of: winner) == ["riding", id])
                #expect(try await fleet.offered(id).isEmpty)
                _ = try await fleet.service.perform(.cancel, on: id, by: winner, version: 3)
            }
            try await fleet.checkLog(.broadcast)
        }
    }

    @Test("A driver accepts 20 rides at the same moment: he has one")
    func manyRides() async throws {
        try await withFleet(of: 4, configure: { $0.offerMode = .broadcast }) { fleet in
            try await fleet.begin("dan")
            var rides: [String] = []
            for number in 0..<20 { rides.append(try await fleet.offer(by: "rider\(number)").id) }
            #expect(try await fleet.service.openOffers(to: "dan").count == 20)
            let won = await withTaskGroup { group in
                for (index, ride) in rides.enumerated() {
                    group.addTask { await Outcome { try await fleet[index].perform(.accept, on: ride, by: "dan", version: 2) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(won.count { $0 == .done } == 1 && won.count { $0 == .conflict(.offered) } == 19)
            #expect(try await fleet.service.openOffers(to: "dan").isEmpty)
            #expect(try await fleet.checkLog(.broadcast).counts[.accepted] == 1)
        }
    }

    @Test("The rider cancels while the driver accepts: one of them is late, and is told")
    func cancelAndAccept() async throws {
        try await withFleet(of: 2) { fleet in
            try await fleet.begin("dan")
            for _ in 0..<100 {
                let id = try await fleet.offer().id
                async let accepting = Outcome { try await fleet[0].perform(.accept, on: id, by: "dan", version: 2) }
                async let cancelling = Outcome { try await fleet[1].perform(.cancel, on: id, by: "ann", version: 2) }
                let outcomes = await (accepting, cancelling)
                let ride = try await fleet.service.ride(id)
                switch ride.status {
                case .accepted:
                    #expect(outcomes == (.done, .conflict(.accepted)))
                    #expect(try await fleet.state(of: "dan") == ["riding", id])
                    _ = try await fleet.service.perform(.cancel, on: id, by: "ann", version: 3)
                case .cancelled: #expect(outcomes == (.conflict(.cancelled), .done))
                default: Issue.record("\(ride.status)")
                }
                #expect(try await fleet.state(of: "dan") == ["available", nil])
            }
            try await fleet.checkLog()
        }
    }

    @Test("An offer is over for its driver at its end, whether or not anybody has noticed")
    func overdueAccept() async throws {
        try await withFleet(configure: { $0.offerDuration = .milliseconds(50) }) { fleet in
            try await fleet.begin("dan")
            let ride = try await fleet.offer()
            let end = try #require(ride.offerEndsAtMilliseconds)
            try await eventually { try RedisClock.milliseconds(try await fleet.redis.send(RedisCommand("TIME"))) >= end }
            #expect(
                await Outcome { try await fleet.service.perform(.accept, on: ride.id, by: "dan", version: 2) }
                    == .conflict(.offered))
            #expect(try await fleet.service.openOffers(to: "dan").isEmpty)
            await fleet.service.matcher.advance(ride.id)
            #expect(try await fleet.service.ride(ride.id).status == .requested)
            #expect(try await fleet.state(of: "dan") == ["available", nil])
        }
    }

    @Test("Offers end while they are accepted: whoever is told that he has the ride has it, and nobody else")
    func expiryAndAccept() async throws {
        let drivers = (0..<8).map { "d\($0)" }
        try await withFleet(of: 2, configure: { $0.offerDuration = .milliseconds(40) }) { fleet in
            try await fleet.begin(drivers)
            var (won, late) = (0, 0)
            // As long as a machine takes to see both.
            for round in 0..<400 where round < 40 || won == 0 || late == 0 {
                let ride = try await fleet.offer(by: "rider\(round)")
                guard let driver = try await fleet.offered(ride.id).first else { continue }
                let wait = Int.random(in: 0...60)
                async let accepting = Outcome {
                    try? await Task.sleep(for: .milliseconds(wait))
                    return try await fleet[0].perform(.accept, on: ride.id, by: driver, version: ride.version)
                }
                async let expiring: Void = {
                    try? await Task.sleep(for: .milliseconds(40))
                    await fleet[1].matcher.advance(ride.id)
                }()
                let outcome = await accepting
                await expiring
                let now = try await fleet.service.ride(ride.id)
                if outcome == .done {
                    won += 1
                    #expect(now.driver == driver && now.status == .accepted)
                    #expect(try await fleet.state(of: driver) == ["riding", ride.id])
                } else {
                    late += 1
                    #expect(now.driver == nil)
                }
                _ = try? await fleet.service.perform(.cancel, on: ride.id, by: ride.rider, version: now.version)
            }
            #expect(won > 0 && late > 0)
            try await fleet.checkLog()
        }
    }
}
