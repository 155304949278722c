import EmbeddedRedis
import RideHailing
import TestSupport
import Testing

/// Every request comes to an end, in time and with a reason.
@Suite(.slots(1), .serialized)
struct UnmatchedTests {
    private static let deadline = 5.0
    private static let arguments = [
        "--match-deadline-seconds", "5", "--offer-seconds", "1", "--driver-ttl-seconds", "600", "--search-radius-meters", "1000",
    ]

    @Test func `with nobody near, with nobody who accepts, with nobody who answers`() async throws {
        try await withRideFleet(of: 2, Self.arguments) { server, services in
            let (empty, refused, ignored, far) = (Place.own(), Place.own(), Place.own(), Place.own())
            let refuser = try await LiveClient.driver("refuser", at: services[1])
            try await services[0].begin("refuser", at: refused)
            try await services[0].begin("silent", at: ignored)
            try await services[0].begin("distant", at: far.north(1100))
            var ids: [String] = []
            for place in [empty, refused, ignored, far] { ids.append(try await services[0].request("ann", from: place)) }
            let watching = try await LiveClient.rider("ann", of: ids[0], at: services[1])
            let offer = try await refuser.next("offer", of: ids[1])
            try await services[0].does("reject", ids[1], as: "refuser", version: try #require(offer.version))
            for id in ids {
                let ride = try await services[1].waits(for: "unmatched", of: id, as: "ann", within: .seconds(30))
                #expect(ride.reason?.isEmpty == false && ride.driver == nil)
                #expect(ride.history.map(\.version) == Array(1...ride.version))
                // By Redis' clock, and by the promise.
                let end = try #require(ride.at("unmatched"))
                #expect(try Times.seconds(from: ride.history[0].at, to: end) <= Self.deadline)
                try await services[0].isLate("cancel", id, as: "ann", version: ride.version)
            }
            #expect(try await watching.ride(ids[0], is: "unmatched").reason?.isEmpty == false)
            #expect(try await services[0].offered(ids[3], among: ["distant"]).isEmpty)
            try await services[0].isLate("accept", ids[2], as: "silent", version: 2)
            for (driver, place) in [("refuser", refused), ("silent", ignored)] {
                try await eventually("\(driver) is free") { try await services[0].isFound(driver, near: place) }
            }
            try await checkedLog(server)
        }
    }

    @Test func `a driver who comes while it waits is asked`() async throws {
        try await withRideFleet(of: 2) { server, services in
            let here = Place.own()
            let id = try await services[0].request("ann", from: here)
            try await services[1].begin("late", at: here)
            let offered = try await services[0].waits(for: "offered", of: id, as: "ann")
            #expect(try await services[1].does("accept", id, as: "late", version: offered.version).driver == "late")
            try await checkedLog(server)
        }
    }

    @Test func `hundreds at once among few drivers: each ends in time, and none is lost`() async throws {
        let (count, seconds) = (400, 10.0)
        try await withRideFleet(of: 2, ["--match-deadline-seconds", "10", "--driver-ttl-seconds", "600"]) { server, services in
            let here = Place.own()
            for index in 0..<4 { try await services[index % 2].begin("d\(index)", at: here) }
            let ids = try await together(0..<8) { number in
                var ids: [String] = []
                for _ in 0..<count / 8 { ids.append(try await services[number % 2].request("rider \(number)", from: here)) }
                return ids
            }
            try await eventually("all have ended", within: .seconds(60)) {
                let log = try await checkedLog(server)
                return log.count { $0.status == .unmatched } == count
            }
            for (number, ids) in ids.enumerated() {
                for id in ids {
                    let ride = try await services[0].ride(id, as: "rider \(number)")
                    #expect(ride.reason?.isEmpty == false)
                    #expect(try Times.seconds(from: ride.history[0].at, to: #require(ride.at("unmatched"))) <= seconds)
                }
            }
            #expect(try await services[0].nearby(here).count == 4)
        }
    }
}
