import Foundation
import TestSupport
import Testing

/// Each option has an environment variable of its name, and the command line wins.
@Suite(.slots(1), .serialized)
struct ConfigurationTests {
    /// A ride, and to whom of five drivers, one behind the other, it was offered first, and for how long.
    private func offer(
        _ arguments: [String], _ environment: [String: String] = [:], metersApart: Double = 200
    ) async throws -> (drivers: [String], seconds: Double) {
        try await withService(.rideHailing, ["--driver-ttl-seconds", "600"] + arguments, environment: environment) { service in
            try await service.becomesReady()
            let here = Place.own()
            let drivers = (1...5).map { "d\($0)" }
            for (index, driver) in drivers.enumerated() {
                try await service.begin(driver, at: here.north(Double(index + 1) * metersApart))
            }
            let id = try await service.request("ann", from: here)
            let ride = try await service.waits(for: "offered", of: id, as: "ann")
            let offered = try await service.offered(id, among: drivers)
            let live = try await LiveClient.driver(try #require(offered.first), at: service)
            let expiresAt = try #require(try await live.next("offer", of: id).expiresAt)
            return (offered, try Times.seconds(from: try #require(ride.at("offered")), to: expiresAt))
        }
    }

    @Test func `to whom a ride is offered, and for how long`() async throws {
        let plain = try await offer([])
        #expect(plain.drivers == ["d1"] && (9.9...10).contains(plain.seconds), "\(plain)")
        let wide = try await offer(["--offer-mode", "broadcast"], metersApart: 1300)
        #expect(wide.drivers == ["d1", "d2", "d3"], "\(wide)")
        let environment = ["OFFER_MODE": "broadcast", "BROADCAST_DRIVERS": "2", "OFFER_SECONDS": "20"]
        let told = try await offer([], environment)
        #expect(told.drivers == ["d1", "d2"] && (19.9...20).contains(told.seconds), "\(told)")
        let more = try await offer(["--broadcast-drivers", "3", "--offer-seconds", "25"], environment)
        #expect(more.drivers == ["d1", "d2", "d3"] && (24.9...25).contains(more.seconds), "\(more)")
        let fewer = try await offer(["--offer-mode", "sequential"], environment)
        #expect(fewer.drivers == ["d1"])
        let near = try await offer([], environment.merging(["BROADCAST_DRIVERS": "5", "SEARCH_RADIUS_METERS": "700"]) { $1 })
        #expect(near.drivers == ["d1", "d2", "d3"])
        let all = try await offer(
            ["--search-radius-meters", "1100"], ["OFFER_MODE": "broadcast", "SEARCH_RADIUS_METERS": "700"])
        #expect(all.drivers == ["d1", "d2", "d3", "d4", "d5"])
    }

    @Test func `when a ride is given up, and a driver forgotten`() async throws {
        let environment = ["MATCH_DEADLINE_SECONDS": "1", "DRIVER_TTL_SECONDS": "1"]
        try await withService(.rideHailing, environment: environment) { service in
            try await service.becomesReady()
            let here = Place.own()
            let id = try await service.request("ann", from: .own())
            try await service.begin("dan", at: here)
            try await service.waits(for: "unmatched", of: id, as: "ann")
            try await eventually("he is forgotten") { try await !service.isFound("dan", near: here) }
        }
        let longer = ["--match-deadline-seconds", "60", "--driver-ttl-seconds", "60"]
        try await withService(.rideHailing, longer, environment: environment) { service in
            try await service.becomesReady()
            let here = Place.own()
            try await service.begin("dan", at: here)
            let id = try await service.request("ann", from: .own())
            try await eventually("more than a second has gone") {
                let requested = try await service.ride(id, as: "ann").history[0].at
                return try Times.seconds(from: requested, to: Times.text(secondsFromNow: 0)) > 1.5
            }
            #expect(try await service.ride(id, as: "ann").status == "requested")
            #expect(try await service.isFound("dan", near: here))
        }
    }

    @Test func `what a ride costs stands in a file`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/prices.json"
            func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
            try write(
                #"{"currency":"EUR","baseCents":390,"perKilometerCents":0,"perMinuteCents":0,"minimumCents":0,"maximumSurge":1}"#)
            for (arguments, environment) in [(["--prices", path], [:]), ([], ["PRICES": path])] {
                try await withService(.rideHailing, arguments, environment: environment) { service in
                    try await service.becomesReady()
                    let fare = try await service.quote("ann", from: .own())
                    #expect(fare.amountCents == 390 && fare.currency == "EUR")
                }
            }
            for (text, word) in [
                (#"{"currency":"euro"}"#, "currency"), (#"{"baseCents":-1}"#, "baseCents"), (#"{"perMile":1}"#, "perMile"),
                ("{", "JSON"),
            ] {
                try write(text)
                let result = try await run(.rideHailing, ["--prices", path, "--port", "0"], environment: ["DATA_DIR": folder])
                #expect(result.exit == .code(64) && result.errors.hasPrefix("Error: "), "\(result)")
                #expect(result.errors.contains(word) && result.errors.contains(path), "\(result.errors)")
            }
        }
    }
}
