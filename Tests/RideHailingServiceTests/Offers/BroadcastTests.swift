import EmbeddedRedis
import RideHailing
import TestSupport
import Testing

/// Several drivers are asked at once, and the first who accepts has the ride.
@Suite(.slots(1), .serialized)
struct BroadcastTests {
    private static let arguments = unhurried + ["--offer-mode", "broadcast", "--broadcast-drivers", "3"]

    @Test func `all of a round have one version; the losers are told; the next round has another`() async throws {
        try await withRideFleet(of: 2, Self.arguments) { server, services in
            let here = Place.own()
            var clients: [LiveClient] = []
            for index in 0..<7 {
                clients.append(try await LiveClient.driver("d\(index)", at: services[index % 2]))
                try await services[0].begin("d\(index)", at: here.north(Double(index * 50)))
            }
            let id = try await services[0].request("ann", from: here)
            // The first round comes to nothing.
            var versions: Set<Int> = []
            for client in clients.prefix(3) {
                let offer = try await client.next("offer", of: id)
                #expect(offer.from == here && offer.to == here.north(3000) && offer.amountCents ?? 0 > 0)
                versions.insert(try #require(offer.version))
            }
            let first = try #require(versions.first)
            #expect(versions.count == 1)
            #expect(try await services[1].offered(id, among: clients.map(\.name)) == ["d0", "d1", "d2"])
            for client in clients.prefix(2) { try await client.say("reject", id, version: first) }
            try await eventually("the third one's offer is good, until he rejects it as well") {
                try await services[0].ride(id, as: "d2").status == "offered"
            }
            try await services[1].does("reject", id, as: "d2", version: first)

            versions = []
            for client in clients[3...5] { versions.insert(try #require(try await client.next("offer", of: id).version)) }
            let second = try #require(versions.first)
            #expect(versions.count == 1 && second > first)
            #expect(try await services[1].offered(id, among: clients.map(\.name)) == (0..<6).map { "d\($0)" })
            for name in ["d0", "d3"] { try await services[0].isLate("accept", id, as: name, version: first) }
            try await services[0].isLate("accept", id, as: "d0", version: second)
            try await clients[4].say("accept", id, version: second)
            let won = try await clients[4].ride(id, is: "accepted")
            #expect(won.driver == "d4" && won.version == second + 1)
            for index in [3, 5] {
                let withdrawn = try await clients[index].next("offerWithdrawn", of: id)
                #expect(withdrawn.reason?.isEmpty == false)
                try await clients[index].say("accept", id, version: second)
                let error = try await clients[index].next("error", of: id)
                #expect(error.code == "conflict" && error.detail?.isEmpty == false)
                #expect(try await services[0].isLate("accept", id, as: clients[index].name, version: second) == won)
            }
            // The losers are as free as before, and who was never asked knows nothing of it.
            #expect(try await services[0].isFound("d3", near: here))
            #expect(try await services[0].offered(id, among: ["d6"]).isEmpty)
            try await checkedLog(server, .broadcast)
        }
    }

    @Test func `one rejection leaves the others their offer, and does not raise its version`() async throws {
        try await withRideFleet(of: 1, Self.arguments) { server, services in
            let here = Place.own()
            for index in 0..<3 { try await services[0].begin("d\(index)", at: here) }
            let id = try await services[0].request("ann", from: here)
            let offered = try await services[0].waits(for: "offered", of: id, as: "ann")
            #expect(try await services[0].does("reject", id, as: "d1", version: offered.version) == offered)
            #expect(try await services[0].does("accept", id, as: "d2", version: offered.version).driver == "d2")
            try await checkedLog(server, .broadcast)
        }
    }

    @Test func `a driver with offers of several rides gets one of them`() async throws {
        try await withRideFleet(of: 2, Self.arguments) { server, services in
            let here = Place.own()
            try await services[0].begin("dan", at: here)
            var rides: [(id: String, version: Int)] = []
            for number in 0..<12 {
                let id = try await services[0].request("rider \(number)", from: here)
                let offered = try await services[0].waits(for: "offered", of: id, as: "dan")
                rides.append((id, offered.version))
            }
            let statuses = try await withThrowingTaskGroup { group in
                for (index, ride) in rides.enumerated() {
                    group.addTask {
                        try await services[index % 2].act("accept", ride.id, as: "dan", version: ride.version).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 409: 11])
            try await checkedLog(server, .broadcast)
        }
    }
}
