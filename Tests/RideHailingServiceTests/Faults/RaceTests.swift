import EmbeddedRedis
import Foundation
import RideHailing
import TestSupport
import Testing

/// What happens in the same moment has one winner.
@Suite(.slots(2), .serialized)
struct RaceTests {
    private static let drivers = 100
    private static let rounds = 60

    @Test func `100 drivers on two instances accept one ride at the same moment, again and again`() async throws {
        let arguments = unhurried + ["--offer-mode", "broadcast", "--broadcast-drivers", "100"]
        try await withRideFleet(of: 2, arguments) { server, services in
            let here = Place.own()
            let clients = try await together(0..<Self.drivers) { index in
                let client = try await LiveClient.driver("d\(index)", at: services[index % 2], patience: .seconds(60))
                try await services[0].begin(client.name, at: here.north(Double(index)))
                return client
            }
            var winners: Set<String> = []
            for round in 0..<Self.rounds {
                try await eventually("all are free", within: .seconds(30)) {
                    try await services[round % 2].nearby(here, "&limit=100").count == Self.drivers
                }
                let id = try await services[round % 2].request("ann", from: here)
                let versions = try await together(clients) { try await $0.next("offer", of: id).version }
                let version = try #require(versions[0])
                #expect(Set(versions).count == 1)
                let answers = try await together(clients) { client in
                    try await client.say("accept", id, version: version)
                    while true {
                        let message = try await client.next()
                        guard message.id == id, message.type == "ride" || message.type == "error" else { continue }
                        return (client.name, message)
                    }
                }
                let won = answers.filter { $0.1.type == "ride" }
                let lost = answers.filter { $0.1.type == "error" && $0.1.code == "conflict" }
                #expect(won.count == 1 && lost.count == Self.drivers - 1, "round \(round)")
                let winner = try #require(won.first).0
                let ride = try await services[0].ride(id, as: "ann")
                #expect(ride.driver == winner && ride.version == version + 1 && won[0].1.ride == ride)
                winners.insert(winner)
                try await services[0].does("start", id, as: winner, version: version + 1)
                try await services[1].does("complete", id, as: winner, version: version + 2)
            }
            let log = try await checkedLog(server, .broadcast)
            #expect(log.filter { $0.status == .completed }.count == Self.rounds)
            #expect(winners.count > 1, "always \(winners): that is no race")
        }
    }

    @Test func `the rider cancels while the driver accepts: one of them is late, and is told`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            let driver = try await LiveClient.driver("dan", at: services[0])
            try await services[0].begin("dan", at: here)
            for round in 0..<30 {
                try await eventually("he is free") { try await services[0].isFound("dan", near: here) }
                let id = try await services[0].request("ann", from: here)
                let version = try #require(try await driver.next("offer", of: id).version)
                async let cancelling = services[1].act("cancel", id, as: "ann", version: version)
                try await driver.say("accept", id, version: version)
                var answer = try await driver.next()
                while answer.id != id || answer.type == "offerWithdrawn" { answer = try await driver.next() }
                let cancelled = try await cancelling
                let ride = try await services[round % 2].ride(id, as: "ann")
                #expect(ride.version == version + 1)
                if cancelled.status == 200 {
                    #expect(answer.type == "error" && answer.code == "conflict", "\(answer)")
                    #expect(ride.status == "cancelled" && ride.driver == nil)
                } else {
                    try expectProblem(cancelled, 409)
                    #expect(try cancelled.json(ConflictBody.self).ride == ride)
                    #expect(answer.ride == ride && ride.status == "accepted" && ride.driver == "dan")
                    try await services[0].does("cancel", id, as: "ann", version: ride.version)
                }
            }
            try await checkedLog(server)
        }
    }

    @Test func `two devices of one driver, and his rider: each step is taken once`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            try await services[0].begin("dan", at: here)
            for round in 0..<15 {
                try await eventually("he is free") { try await services[0].isFound("dan", near: here) }
                let id = try await services[0].request("ann", from: here)
                var version = try await services[0].waits(for: "offered", of: id, as: "dan").version
                // The driver goes on, from both devices at once; in the second step his rider wants to end it in that moment.
                for (action, status) in [("accept", "accepted"), ("start", "started"), ("complete", "completed")] {
                    let isCancelled = action == "start" && round % 2 == 0
                    let replies = try await together(0..<3) { [version] number in
                        let (verb, name) = number == 2 && isCancelled ? ("cancel", "ann") : (action, "dan")
                        return try await services[number % 2].act(verb, id, as: name, version: version)
                    }
                    version += 1
                    let ride = try await services[1].ride(id, as: "dan")
                    #expect(ride.version == version)
                    if ride.status == "cancelled" {
                        #expect(isCancelled && replies.map(\.status) == [409, 409, 200])
                        break
                    }
                    #expect(ride.status == status && replies.map(\.status) == [200, 200, isCancelled ? 409 : 200])
                }
            }
            try await checkedLog(server)
        }
    }

    @Test func `who has a ride, or has gone, is not found from that moment on, whatever he sends meanwhile`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            let live = try await LiveClient.driver("dan", at: services[0])
            try await services[0].begin("dan", at: here)
            // Pings go on and on, on both ways and from cell to cell.
            let pinging = Task {
                var number = 0.0
                while !Task.isCancelled {
                    number += 1
                    try? await live.locate(here.north((number * 3571).truncatingRemainder(dividingBy: 4000)))
                    try? await services[1].locate("dan", here.north((number * 2377).truncatingRemainder(dividingBy: 4000)))
                }
            }
            func isNotFound() async throws {
                for number in 0..<20 {
                    let found = try await services[number % 2].nearby(here, "&radiusMeters=10000")
                    #expect(found.isEmpty, "\(found)")
                }
            }
            for _ in 0..<5 {
                try await eventually("he is found") { try await !services[0].nearby(here, "&radiusMeters=10000").isEmpty }
                let id = try await services[0].request("ann", from: here)
                let version = try await services[1].waits(for: "offered", of: id, as: "dan").version
                try await isNotFound()
                try await services[1].does("accept", id, as: "dan", version: version)
                try await isNotFound()
                try await services[1].does("start", id, as: "dan", version: version + 1)
                try await services[0].does("complete", id, as: "dan", version: version + 2)
                try await eventually("he is found") { try await !services[1].nearby(here, "&radiusMeters=10000").isEmpty }
                try await services[0].setStatus(of: "dan", "offline")
                try await isNotFound()
                try await services[1].setStatus(of: "dan", "available")
            }
            pinging.cancel()
            await pinging.value
        }
    }

    @Test func `who goes offline while he accepts has either the ride or the evening`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            for round in 0..<15 {
                try await services[0].begin("dan", at: here)
                let id = try await services[0].request("ann", from: here)
                let version = try await services[0].waits(for: "offered", of: id, as: "dan").version
                async let leaving = services[1].ask("PUT", "/v1/drivers/dan/status", as: "dan", #"{"status":"offline"}"#)
                let accepted = try await services[round % 2].act("accept", id, as: "dan", version: version)
                let left = try await leaving
                let ride = try await services[0].ride(id, as: "ann")
                if accepted.status == 200 {
                    #expect(left.status == 409 && ride.status == "accepted" && ride.driver == "dan", "\(left)")
                } else {
                    try expectProblem(accepted, 409)
                    #expect(left.status == 204 && ride.driver == nil, "\(left)")
                }
                try await eventually("it is over") {
                    let ride = try await services[0].ride(id, as: "ann")
                    return try await services[0].act("cancel", id, as: "ann", version: ride.version).status == 200
                }
            }
            try await checkedLog(server)
        }
    }
}
