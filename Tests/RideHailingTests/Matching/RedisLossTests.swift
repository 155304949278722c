import EmbeddedRedis
import Redis
import Synchronization
import TestSupport
import Testing

@testable import RideHailing

/// The versions of rides that drivers were told of.
private final class Answered: Sendable {
    private let state = Mutex<[String: Int]>([:])
    var versions: [String: Int] { state.withLock { $0 } }
    func note(_ ride: Ride) { state.withLock { $0[ride.id] = ride.version } }
}

@Suite("Redis goes and comes back", .serialized)
struct RedisLossTests {
    @Test("Killed and restarted under rides, with a disk that is waited for: what was answered is so, and every ride ends")
    func restarted() async throws {
        let server = try await EmbeddedRedis.temporary(durability: .always)
        var clientConfiguration = try RedisConfiguration(url: server.url)
        clientConfiguration.deadline = .milliseconds(500)
        let client = RedisClient(clientConfiguration)
        var configuration = RideHailingConfiguration()
        (configuration.driverLifetime, configuration.retryInterval) = (.seconds(600), .milliseconds(100))
        (configuration.matchDeadline, configuration.offerDuration) = (.seconds(20), .milliseconds(500))
        configuration.claimDuration = .seconds(1)
        let service = RideHailing(redis: client, configuration: configuration)
        let running = Task { try await service.run() }
        let fleet = Fleet(server: server, services: [service], redis: client)
        do {
            let drivers = (0..<5).map { "d\($0)" }
            try await eventually("it works", within: .seconds(60)) {
                try await service.probe()
                return true
            }
            try await eventually("drivers begin", within: .seconds(60)) {
                try await fleet.begin(drivers)
                return true
            }
            let requested = Mutex<[String]>([])
            let answered = Answered()
            let riders = Task {
                while !Task.isCancelled {
                    if let ride = try? await fleet.request() { requested.withLock { $0.append(ride) } }
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            let driving = drivers.map { driver in
                Task {
                    while !Task.isCancelled {
                        await Self.drive(driver, service) { answered.note($0) }
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
            }
            for _ in 0..<3 {
                let before = answered.versions.count
                try await eventually("rides are driven", within: .seconds(60)) { answered.versions.count >= before + 10 }
                await server.kill()
                try await server.restart()
            }
            riders.cancel()
            await riders.value
            let rides = requested.withLock { $0 }
            try await eventually("every ride ends", within: .seconds(90)) {
                for ride in rides where try await !service.ride(ride).status.isFinal { return false }
                return true
            }
            for task in driving { task.cancel() }
            for task in driving { await task.value }
            for (ride, version) in answered.versions { #expect(try await service.ride(ride).version >= version) }
            try await fleet.checkLog()
        } catch {
            Issue.record(error)
        }
        running.cancel()
        _ = await running.result
        await client.close()
        await server.stop()
    }

    /// Takes what he is offered, and drives what he has, one step.
    private static func drive(_ driver: String, _ service: RideHailing, _ note: @Sendable (Ride) -> Void) async {
        do {
            if let ride = try await service.currentRide(of: driver) {
                note(
                    try await service.perform(
                        ride.status == .accepted ? .start : .complete, on: ride.id, by: driver, version: ride.version))
            } else {
                for offer in try await service.openOffers(to: driver) {
                    note(try await service.perform(.accept, on: offer.ride.id, by: driver, version: offer.version))
                }
            }
        } catch {}
    }

    @Test("A Redis that hangs is an error in time; what was under way is found out by repeating it")
    func hanging() async throws {
        try await withFleet(patience: .milliseconds(300)) { fleet in
            try await eventually {
                try await fleet.begin("dan")
                return true
            }
            var offered: Ride?
            try await eventually {
                if let ride = offered {
                    await fleet.service.matcher.advance(ride.id)
                    offered = try await fleet.service.ride(ride.id)
                } else {
                    offered = try await fleet.offer()
                }
                return offered?.status == .offered
            }
            let ride = try #require(offered)
            fleet.server.pause()
            await #expect(throws: RideHailingError.self) {
                try await fleet.service.perform(.accept, on: ride.id, by: "dan", version: 2)
            }
            await #expect(throws: RideHailingError.self) { try await fleet.service.drivers(near: Fleet.center) }
            await #expect(throws: RideHailingError.self) {
                try await fleet.service.record(DriverPosition(driver: "dan", coordinate: Fleet.center))
            }
            await #expect(throws: RideHailingError.self) { try await fleet.service.probe() }
            fleet.server.resume()
            try await eventually(within: .seconds(30)) {
                try await fleet.service.perform(.accept, on: ride.id, by: "dan", version: 2).status == .accepted
            }
            #expect(try await fleet.state(of: "dan") == ["riding", ride.id])
            try await eventually("positions are recorded", within: .seconds(30)) {
                try await fleet.service.record(DriverPosition(driver: "dan", coordinate: Fleet.center)) == .recorded
            }
        }
    }
}
