import Logging
import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("Whatever kills a matcher or a request, every ride has its end")
struct MatcherFaultTests {
    @Test("Killed at any command, from the first offer to the last: another goes on", arguments: FaultyRedis.Fate.allCases)
    func killedAnywhere(fate: FaultyRedis.Fate) async throws {
        try await withFleet(configure: {
            ($0.claimDuration, $0.offerDuration, $0.retryInterval) = (.milliseconds(1), .milliseconds(5), .milliseconds(5))
            $0.matchDeadline = .milliseconds(100)
        }) { fleet in
            try await fleet.begin(["d0", "d1"])
            for number in 0..<40 {
                let dying = FaultyRedis(fleet.redis, diesAt: number, fate)
                let matcher = Matcher(
                    commands: dying, configuration: fleet.service.configuration, logger: fleet.service.logger)
                let id = try await fleet.request()
                try await eventually("it is dead, or done") {
                    _ = try? await matcher.turn()
                    if dying.isDead { return true }
                    return try await fleet.service.ride(id).status == .unmatched
                }
                try await eventually("another takes over") {
                    _ = try await fleet.service.matcher.turn()
                    return try await fleet.service.ride(id).status == .unmatched
                }
                for driver in ["d0", "d1"] { #expect(try await fleet.state(of: driver) == ["available", nil]) }
                for key in [RideHailingKeys.due, RideHailingKeys.deadlines] {
                    #expect(try await fleet.redis.send(RedisCommand("ZCARD", key)).decode(as: Int.self) == 0)
                }
            }
            #expect(try await fleet.checkLog().counts[.unmatched] == 40)
        }
    }

    @Test("A ride whose time is up ends in time, though the matcher that had begun with it was killed")
    func killedAtTheDeadline() async throws {
        try await withFleet(configure: {
            // In any other way it would be taken up too late.
            ($0.matchDeadline, $0.retryInterval, $0.claimDuration) = (.seconds(1), .seconds(600), .seconds(600))
        }) { fleet in
            let id = try await fleet.request()
            await fleet.service.matcher.advance(id)
            let (claim, lastClaim) = (600_000, fleet.service.configuration.lastClaimDuration.milliseconds)
            try await eventually("somebody has it, who is killed") {
                let call = RideHailingScripts.claimRides.call(
                    keys: [RideHailingKeys.deadlines, RideHailingKeys.due], 1, lastClaim, claim)
                return try await fleet.redis.send(call).decode() == [id]
            }
            #expect(try await fleet.service.ride(id).status == .requested)
            try await eventually("another ends it") {
                _ = try await fleet.service.matcher.turn()
                return try await fleet.service.ride(id).status == .unmatched
            }
        }
    }

    @Test("A matcher that was paused past its claim changes nothing any more")
    func paused() async throws {
        try await withFleet(of: 2) { fleet in
            try await fleet.begin(["d0", "d1"])
            let id = try await fleet.request()
            let seen = try await fleet.service.ride(id)
            // It has looked, and goes on only after another has offered the ride.
            await fleet[1].matcher.advance(id)
            #expect(try await fleet.offered(id) == ["d0"])
            let late = try await changeRide(
                id, by: .matcher, version: seen.version, RideHailingScripts.offerRide, [1, 1, 10_000, 1_000, "d1"],
                on: fleet.redis, configuration: fleet.service.configuration)
            #expect(late.code == "conflict" && late.ride?.version == 2)
            #expect(try await fleet.offered(id) == ["d0"])
            #expect(try await fleet.state(of: "d1") == ["available", nil])
        }
    }

    @Test("A request that is killed anywhere and repeated is one ride", arguments: FaultyRedis.Fate.allCases)
    func requests(fate: FaultyRedis.Fate) async throws {
        try await withFleet { fleet in
            var number = 0
            var isDead = true
            while isDead {
                let fare = try await fleet.service.quote(from: Fleet.center, to: Fleet.destination, for: "ann")
                let mortal = FaultyRedis(fleet.redis, diesAt: number, fate)
                let dying = RideHailing(client: fleet.redis, redis: mortal, configuration: fleet.service.configuration)
                let key = "key \(number)"
                _ = try? await dying.requestRide(fare: fare.id, by: "ann", idempotencyKey: key)
                isDead = mortal.isDead
                let first = try await fleet.service.requestRide(fare: fare.id, by: "ann", idempotencyKey: key)
                let second = try await fleet.service.requestRide(fare: fare.id, by: "ann", idempotencyKey: key)
                #expect(first == second)
                number += 1
                #expect(try await fleet.checkLog().counts[.requested] == number)
            }
            #expect(number > 2)
        }
    }

    @Test("50 requests at once among 10 drivers and 4 matchers: all end, each driver has one ride at a time")
    func many() async throws {
        let drivers = (0..<10).map { "d\($0)" }
        try await withFleet(of: 4, runs: true, configure: { $0.retryInterval = .milliseconds(50) }) { fleet in
            try await fleet.begin(drivers)
            let driving = drivers.map { driver in
                Task {
                    while !Task.isCancelled {
                        for offer in (try? await fleet.service.openOffers(to: driver)) ?? [] {
                            if Int.random(in: 0..<5) == 0 {
                                _ = try? await fleet.service.perform(
                                    .reject, on: offer.ride.id, by: driver, version: offer.version)
                                continue
                            }
                            guard
                                let ride = try? await fleet.service.perform(
                                    .accept, on: offer.ride.id, by: driver, version: offer.version)
                            else { continue }
                            _ = try? await fleet.service.perform(.start, on: ride.id, by: driver, version: ride.version)
                            _ = try? await fleet.service.perform(.complete, on: ride.id, by: driver, version: ride.version + 1)
                        }
                        try? await Task.sleep(for: .milliseconds(1))
                    }
                }
            }
            let rides = try await withThrowingTaskGroup { group in
                for number in 0..<50 { group.addTask { try await fleet.request(by: "rider\(number)") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually("all rides end", within: .seconds(60)) {
                for ride in rides where try await !fleet.service.ride(ride).status.isFinal { return false }
                return true
            }
            for task in driving { task.cancel() }
            for task in driving { await task.value }
            #expect(try await fleet.checkLog().counts[.completed] == 50)
        }
    }
}
