import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@testable import RideHailing

/// `ride-hailing matcher`: matching beside the services that accept rides.
@Suite(.slots(1), .serialized)
struct MatcherCommandTests {
    @Test func `what services leave it brings to drivers, and it has health and metrics, and nothing else`() async throws {
        try await withRideFleet(of: 1, unhurried + ["--matchers", "0"]) { server, services in
            let here = Place.own()
            let live = try await LiveClient.driver("dan", at: services[0])
            try await services[0].begin("dan", at: here)
            let id = try await services[0].request("ann", from: here)
            let rider = try await LiveClient.rider("ann", of: id, at: services[0])
            #expect(try await rider.next().ride?.status == "requested")
            // It has waited since 1970, and nobody brings it to a driver.
            try await withClient(of: server) { redis in
                _ = try await redis.send(RedisCommand("ZADD", RideHailingKeys.due, 1, id))
            }
            try await services[0].becomesUnready(saying: "no matcher")
            #expect(try await services[0].ride(id, as: "ann").version == 1)
            try await withService(.rideHailing, command: "matcher", unhurried + ["--redis", server.url]) { matcher in
                let version = try #require(try await live.next("offer", of: id).version)
                #expect(try await rider.next().ride?.status == "offered")
                try await services[0].does("accept", id, as: "dan", version: version)
                try await services[0].becomesReady()
                try await matcher.becomesReady()
                _ = try await matcher.metrics()
                for target in ["/", "/v1/rides/\(id)", "/v1/drivers/ws"] {
                    try expectProblem(try await matcher.ask("GET", target, as: "ann"), 404)
                }
                matcher.program.signal(SIGTERM)
                #expect(try await matcher.program.exit() == .code(0), "\(matcher.program.standardError)")
            }
            try await checkedLog(server)
        }
    }

    @Test func `one that is killed is taken over, at every point of a ride`() async throws {
        let arguments = ["--offer-seconds", "2", "--match-deadline-seconds", "60", "--driver-ttl-seconds", "600"]
        try await withRideFleet(of: 1, arguments + ["--matchers", "0"]) { server, services in
            let here = Place.own()
            try await services[0].begin("d0", at: here)
            try await services[0].begin("d1", at: here.north(100))
            func matcher(_ body: () async throws -> Void) async throws {
                try await withService(.rideHailing, command: "matcher", arguments + ["--redis", server.url]) { matcher in
                    try await body()
                    matcher.program.signal(SIGKILL)
                    #expect(try await matcher.program.exit() == .signal(SIGKILL))
                }
            }
            let id = try await services[0].request("ann", from: here)
            try await matcher { try await services[0].waits(for: "offered", of: id, as: "d0") }
            // Nobody ends the round, until there is another.
            try await matcher {
                try await eventually("the next one is asked") { try await services[0].ride(id, as: "d1").status == "offered" }
            }
            let ride = try await services[0].ride(id, as: "d1")
            let reply = try await services[0].act("accept", id, as: "d1", version: ride.version)
            // On a machine that is slow enough he is late.
            #expect(reply.status == 200 || reply.status == 409, "\(reply)")
            try await checkedLog(server)
        }
    }
}
