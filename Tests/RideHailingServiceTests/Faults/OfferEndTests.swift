import EmbeddedRedis
import Foundation
import RideHailing
import TestSupport
import Testing

/// An offer is over when its time is, whoever is just about to accept it.
@Suite(.slots(1), .serialized)
struct OfferEndTests {
    @Test func `offers end while they are accepted: who is told that he has the ride has it, and nobody else`() async throws {
        try await withRideFleet(of: 2, ["--offer-seconds", "1", "--driver-ttl-seconds", "600"]) { server, services in
            let random = SeededGenerator()
            let won = try await together(0..<12) { index in
                var random = SeededGenerator(seed: random.seed &+ UInt64(index))
                // Far from all others: each is the only one whom his rides are offered to.
                let (name, here) = ("d\(index)", Place.own())
                let driver = try await LiveClient.driver(name, at: services[index % 2])
                try await services[0].begin(name, at: here)
                var won = 0
                for _ in 0..<3 {
                    let id = try await services[0].request("ann", from: here)
                    let offer = try await driver.next("offer", of: id)
                    let (version, end) = try (#require(offer.version), Times.date(#require(offer.expiresAt)))
                    let wait = end.timeIntervalSinceNow + .random(in: -0.03...0.01, using: &random)
                    try await Task.sleep(for: .seconds(max(0, wait)))
                    let reply = try await services[index % 2].act("accept", id, as: name, version: version)
                    let ride = try await services[0].ride(id, as: name)
                    if reply.status == 200 {
                        won += 1
                        #expect(ride.status == "accepted" && ride.driver == name, "\(random)")
                        try await services[0].does("cancel", id, as: name, version: ride.version)
                    } else {
                        try expectProblem(reply, 409)
                        #expect(ride.driver == nil, "\(random)")
                        try await eventually("his offer is over") {
                            try await services[0].ride(id, as: name).status == "requested"
                        }
                        let ride = try await services[0].ride(id, as: name)
                        try await services[0].does("cancel", id, as: "ann", version: ride.version)
                    }
                    try await eventually("he is free") { try await services[0].isFound(name, near: here) }
                }
                return won
            }
            try await checkedLog(server, .sequential, "\(won.reduce(0, +)) of \(won.count * 3) in time, \(random)")
        }
    }

    @Test func `an accept that reaches a Redis that hangs past the offer's end comes too late`() async throws {
        try await withRideFleet(of: 2, ["--offer-seconds", "2", "--driver-ttl-seconds", "600"]) { server, services in
            let here = Place.own()
            let driver = try await LiveClient.driver("d0", at: services[0])
            try await services[0].begin("d0", at: here)
            try await services[0].begin("d1", at: here.north(100))
            let id = try await services[0].request("ann", from: here)
            let offer = try await driver.next("offer", of: id)
            let (version, end) = try (#require(offer.version), Times.date(#require(offer.expiresAt)))
            server.pause()
            let reply = try await services[0].act("accept", id, as: "d0", version: version)
            try expectProblem(reply, 503)
            try await Task.sleep(for: .seconds(max(0, end.timeIntervalSinceNow + 0.01)))
            server.resume()
            var answer: HTTPReply?
            try await eventually("he is told", within: .seconds(30)) {
                answer = try await services[1].act("accept", id, as: "d0", version: version)
                return answer?.status != 503
            }
            try expectProblem(try #require(answer), 409)
            try await eventually("the next one is asked", within: .seconds(30)) {
                try await services[1].offered(id, among: ["d1"]) == ["d1"]
            }
            try await checkedLog(server)
        }
    }
}
