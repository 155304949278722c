import EmbeddedRedis
import RideHailing
import TestSupport
import Testing

/// One driver is asked after the other, and none about two rides.
@Suite(.slots(1), .serialized)
struct SequentialTests {
    @Test func `the nearest first; who rejects is not asked again, and the next round has a version of its own`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            let drivers = (0..<4).map { "d\($0)" }
            for (index, driver) in drivers.enumerated() {
                try await services[index % 2].begin(driver, at: here.north(Double(index * 100)))
            }
            let id = try await services[0].request("ann", from: here)
            var versions: [Int] = []
            for (index, driver) in drivers.dropLast().enumerated() {
                let service = services[index % 2]
                var offered: RideBody?
                try await eventually("\(driver) is asked") {
                    offered = try await service.ride(id, as: driver)
                    return offered?.status == "offered"
                }
                let version = try #require(offered).version
                // Nobody who comes after him was asked before.
                #expect(try await service.offered(id, among: drivers) == Array(drivers.prefix(index + 1)))
                #expect(try await !service.isFound(driver, near: here))
                // Who was asked in an earlier round, or saw one, has no say in this.
                for earlier in drivers.prefix(index) {
                    try await service.isLate("accept", id, as: earlier, version: version)
                    for version in versions { try await service.isLate("accept", id, as: earlier, version: version) }
                }
                if let earlier = versions.last { try await service.isLate("accept", id, as: driver, version: earlier) }
                if index < 2 {
                    let rejected = try await service.does("reject", id, as: driver, version: version)
                    #expect(rejected.version > version && rejected.driver == nil)
                    #expect(try await service.does("reject", id, as: driver, version: version).driver == nil)
                    try await service.isLate("accept", id, as: driver, version: version)
                    try await eventually("he is free") { try await service.isFound(driver, near: here) }
                } else {
                    let accepted = try await service.does("accept", id, as: driver, version: version)
                    #expect(accepted.driver == driver)
                    // Who has rejected may repeat that.
                    #expect(try await service.does("reject", id, as: "d0", version: versions[0]) == accepted)
                    try await service.isLate("reject", id, as: driver, version: version)
                }
                versions.append(version)
            }
            #expect(versions == versions.sorted() && Set(versions).count == 3)
            #expect(try await services[0].offered(id, among: ["d3"]).isEmpty)
            try await checkedLog(server)
        }
    }

    @Test func `an offer that nobody answers is over, and the next one is asked`() async throws {
        let arguments = ["--offer-seconds", "1", "--driver-ttl-seconds", "600"]
        try await withRideFleet(of: 2, arguments) { server, services in
            let here = Place.own()
            let first = try await LiveClient.driver("d0", at: services[0])
            let second = try await LiveClient.driver("d1", at: services[1])
            for (index, driver) in ["d0", "d1"].enumerated() {
                try await services[0].begin(driver, at: here.north(Double(index * 100)))
            }
            let id = try await services[0].request("ann", from: here)
            let offer = try await first.next("offer", of: id)
            let withdrawn = try await first.next("offerWithdrawn", of: id)
            #expect(withdrawn.reason?.isEmpty == false)
            let next = try await second.next("offer", of: id)
            let (version, later) = try (#require(offer.version), #require(next.version))
            #expect(later > version)
            try await services[1].isLate("accept", id, as: "d0", version: version)
            try await services[1].isLate("accept", id, as: "d0", version: later)
            // On a machine that is slow enough he is late, too.
            let reply = try await services[0].act("accept", id, as: "d1", version: later)
            #expect(reply.status == 200 || reply.status == 409)
            let ride = try await services[0].ride(id, as: "ann")
            #expect((ride.driver == "d1") == (reply.status == 200))
            let log = try await checkedLog(server).filter { $0.ride == id && !$0.offered.isEmpty }.map(\.offered)
            #expect(log.prefix(2) == [["d0"], ["d1"]])
        }
    }

    @Test func `many rides among few drivers: each has one at a time, and all rides are driven`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            let drivers = (0..<4).map { "d\($0)" }
            let clients = try await withThrowingTaskGroup { group in
                for (index, driver) in drivers.enumerated() {
                    group.addTask {
                        let client = try await LiveClient.driver(driver, at: services[index % 2], patience: .seconds(60))
                        try await services[0].begin(driver, at: here.north(Double(index)))
                        return client
                    }
                }
                return try await group.reduce(into: [LiveClient]()) { $0.append($1) }
            }
            let count = 24
            var ids: [String] = []
            for number in 0..<count { ids.append(try await services[number % 2].request("rider \(number)", from: here)) }
            // Each takes what he is offered, drives, and gets the next, until all have been driven.
            try await withThrowingTaskGroup { group in
                for client in clients {
                    group.addTask {
                        while true {
                            let offer = try await client.next("offer")
                            guard let id = offer.id, let version = offer.version else { continue }
                            try await client.say("accept", id, version: version)
                            let ride = try await client.ride(id, is: "accepted")
                            #expect(ride.driver == client.name)
                            try await services[0].does("start", id, as: client.name, version: ride.version)
                            try await services[1].does("complete", id, as: client.name, version: ride.version + 1)
                        }
                    }
                }
                for (number, id) in ids.enumerated() {
                    try await services[0].waits(for: "completed", of: id, as: "rider \(number)", within: .seconds(60))
                }
                group.cancelAll()
                // They wait for offers that do not come any more.
                for client in clients { try? await client.socket.connection.reset() }
                while let end = await group.nextResult() { _ = end }
            }
            let log = try await checkedLog(server)
            #expect(log.filter { $0.status == .completed }.count == count)
        }
    }
}
