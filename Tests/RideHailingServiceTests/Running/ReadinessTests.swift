import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// Readiness tells the truth about Redis and about matching; what is connected outlives a Redis that goes and comes back.
@Suite(.serialized)
struct ReadinessTests {
    private static let requests: [(method: String, target: String, body: String?)] = [
        ("POST", "/v1/fares", #"{"from":{"lat":1,"lon":1},"to":{"lat":1,"lon":1.1}}"#),
        ("PUT", "/v1/drivers/ann/location", #"{"lat":1,"lon":1}"#), ("PUT", "/v1/drivers/ann/status", #"{"status":"available"}"#),
        ("GET", "/v1/drivers/nearby?lat=1&lon=1", nil), ("POST", "/v1/rides", #"{"fareId":"0000000000000000000000"}"#),
        ("GET", "/v1/rides/0000000000000000000000", nil),
        ("POST", "/v1/rides/0000000000000000000000/accept", #"{"version":1}"#),
    ]

    @Test(.slots(2)) func `without Redis requests are 503, and all is well when it is back`() async throws {
        try await withRideFleet(of: 2, durability: .always) { server, services in
            let here = Place.own()
            try await services[0].begin("dan", at: here)
            let id = try await services[0].request("ann", from: here)
            let driver = try await LiveClient.driver("dan", at: services[0])
            let rider = try await LiveClient.rider("ann", of: id, at: services[1])
            let version = try #require(try await driver.next("offer", of: id).version)
            #expect(try await rider.ride(id, is: "offered").version == version)
            await server.kill()
            for service in services { try await service.becomesUnready() }
            // A price without Redis would be a promise that nobody keeps.
            for (method, target, body) in Self.requests {
                try expectProblem(try await services[1].ask(method, target, as: "ann", body), 503)
            }
            try await driver.say("accept", id, version: version)
            let error = try await driver.next()
            #expect(error.type == "error" && error.code != "conflict" && error.code?.isEmpty == false, "\(error)")
            try await server.restart()
            for service in services { try await service.becomesReady() }
            // They are as connected as before, and see what happens.
            try await eventually("he accepts", within: .seconds(30)) {
                try await services[0].act("accept", id, as: "dan", version: version).status == 200
            }
            _ = try await driver.ride(id, is: "accepted")
            _ = try await rider.ride(id, is: "accepted")
            let pinging = Task {
                while !Task.isCancelled {
                    try? await services[1].locate("dan", here.north(200))
                    try? await Task.sleep(for: .milliseconds(20))
                }
            }
            _ = try await rider.next("driverLocation")
            pinging.cancel()
            await pinging.value
            try await services[1].does("start", id, as: "dan", version: version + 1)
            try await services[1].does("complete", id, as: "dan", version: version + 2)
            _ = try await driver.ride(id, is: "completed")
            _ = try await rider.ride(id, is: "completed")
            try await eventually("he is found, where he is now", within: .seconds(30)) {
                try await driver.locate(here.north(400))
                return try await services[1].isFound("dan", near: here.north(400))
            }
            try await checkedLog(server)
        }
    }

    @Test(.slots(1)) func `without Redis at the start it runs, and is ready once Redis is there; one that is silent is not`()
        async throws
    {
        try await withTemporaryFolder { folder in
            try await withService(.rideHailing, ["--redis", "redis+unix://\(folder)/redis.sock"]) { service in
                try await service.becomesUnready()
                for (method, target, body) in Self.requests {
                    try expectProblem(try await service.ask(method, target, as: "ann", body), 503)
                }
                let server = try await EmbeddedRedis.start(.init(directory: folder))
                try await service.becomesReady()
                let id = try await service.request("ann", from: .own())
                server.pause()
                try await service.becomesUnready()
                server.resume()
                try await service.becomesReady()
                #expect(try await service.ride(id, as: "ann").version == 1)
                await server.stop()
            }
        }
    }

    @Test(
        .slots(1),
        arguments: [
            (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
            (["ACL", "SETUSER", "default", "resetchannels"], ["ACL", "SETUSER", "default", "allchannels"]),
        ])
    func `a Redis that does not do all that it should is not ready`(_ spoil: [String], _ mend: [String]) async throws {
        try await withRedis { server, redis in
            try await withService(.rideHailing, ["--redis", server.url]) { service in
                try await service.becomesReady()
                _ = try await redis.send(RedisCommand(spoil[0], arguments: spoil.dropFirst().map { $0 }))
                try await service.becomesUnready(saying: "")
                _ = try await redis.send(RedisCommand(mend[0], arguments: mend.dropFirst().map { $0 }))
                try await service.becomesReady()
                _ = try await service.request("ann", from: .own())
            }
        }
    }
}
