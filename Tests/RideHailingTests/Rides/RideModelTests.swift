import Redis
import TestSupport
import Testing

@testable import RideHailing

@Suite("Riders and drivers who do whatever they like, all at once")
struct RideModelTests {
    @Test("Rides and drivers agree, and the log has nothing that must never be", arguments: OfferMode.allCases)
    func anything(mode: OfferMode) async throws {
        let drivers = (0..<6).map { "d\($0)" }
        try await withFleet(
            of: 3, runs: true,
            configure: {
                ($0.offerMode, $0.broadcastDrivers, $0.offerDuration) = (mode, 3, .milliseconds(150))
                ($0.retryInterval, $0.claimDuration) = (.milliseconds(10), .milliseconds(20))
            }
        ) { fleet in
            try await fleet.begin(drivers)
            var rides: [String] = []
            for number in 0..<20 { rides.append(try await fleet.request(by: "rider\(number % 10)")) }
            let users = drivers + (0..<10).map { "rider\($0)" }
            await withTaskGroup { group in
                for (index, user) in users.enumerated() {
                    group.addTask { [rides] in
                        var random = SeededGenerator()
                        for _ in 0..<150 { await act(as: user, on: rides, fleet[index], &random) }
                    }
                }
            }
            // Who has what, when nothing moves any more.
            for ride in rides {
                try await eventually {
                    let now = try await fleet.service.ride(ride)
                    if now.status.isFinal { return true }
                    let user = now.status == .started ? now.driver ?? "" : now.rider
                    return try await fleet.service.perform(.cancel, on: ride, by: user, version: now.version).status == .cancelled
                }
            }
            for driver in drivers {
                let state = try await fleet.state(of: driver)
                #expect(state[0] == "available" || state[0] == "offline", "\(state)")
                #expect(state[1] == nil)
                let offers = RideHailingKeys.openOffers(of: try UserName(driver))
                #expect(try await fleet.redis.send(RedisCommand("EXISTS", offers)).decode(as: Int.self) == 0)
            }
            let checker = try await fleet.checkLog(mode)
            #expect(checker.counts.values.reduce(0, +) == 20)
            // It has come to something.
            let log = try await fleet.service.log(limit: 10_000)
            #expect(log.contains { $0.status == .accepted })
        }
    }

    /// One random act, often a senseless one. It may fail; it must do no harm.
    private func act(as user: String, on rides: [String], _ service: RideHailing, _ random: inout SeededGenerator) async {
        let id = random.pick(rides)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: try? await service.setAvailability(of: user, to: random.pick([.available, .available, .available, .offline]))
        case 1..<10:
            guard let offer = try? await service.openOffers(to: user).randomElement(using: &random) else { return }
            _ = try? await service.perform(
                random.pick([.accept, .accept, .reject]), on: offer.ride.id, by: user, version: offer.version)
        case 10..<14:
            guard let ride = try? await service.currentRide(of: user) else { return }
            _ = try? await service.perform(
                random.pick([.start, .complete, .complete]), on: ride.id, by: user, version: ride.version)
        default:
            guard let ride = try? await service.ride(id) else { return }
            let version = ride.version + random.pick([0, 0, 0, -1, 1])
            let isSerious = Int.random(in: 0..<5, using: &random) == 0
            let transition = isSerious ? RideTransition.cancel : random.pick([.accept, .reject, .start, .complete])
            _ = try? await service.perform(transition, on: id, by: user, version: version)
        }
    }
}
