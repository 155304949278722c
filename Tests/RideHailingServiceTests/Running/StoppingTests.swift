import EmbeddedRedis
import Foundation
import Redis
import RideHailing
import TestSupport
import Testing

/// How the service ends: in an orderly way when asked, and without losing what it has answered when it is not.
@Suite(.slots(2), .serialized)
struct StoppingTests {
    /// Far less than what the service would wait at most for something that does not end by itself.
    private static let soon = Duration.seconds(15)

    @Test(arguments: [SIGTERM, SIGINT])
    func `sockets are closed with 1001, requests in flight are answered, then the service and its Redis end`(
        _ signal: Int32
    ) async throws {
        try await withTemporaryFolder { folder in
            let here = Place.own()
            let id = try await withService(.rideHailing, unhurried, dataDirectory: folder) { service in
                try await service.becomesReady()
                let redis = try privateRedis(in: folder)
                try await service.begin("d0", at: here)
                let id = try await service.request("ann", from: here)
                var clients: [LiveClient] = []
                for index in 0..<20 { clients.append(try await LiveClient.driver("d\(index)", at: service)) }
                for _ in 0..<10 { clients.append(try await LiveClient.rider("ann", of: id, at: service)) }
                let version = try #require(try await clients[0].next("offer", of: id).version)

                let body = #"{"version":\#(version)}"#
                let busy = try await service.connect()
                // The answer to the first tells that the second is being read.
                try await busy.send(
                    "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        + "POST /v1/rides/\(id)/accept HTTP/1.1\r\nHost: localhost\r\nX-User-ID: d0\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body.prefix(5))")
                #expect(try await busy.reply().status == 200)
                service.program.signal(signal)
                for client in clients { #expect(try await client.socket.closed().code == 1001) }
                try await busy.send(String(body.dropFirst(5)))
                let reply = try await busy.reply()
                #expect(reply.status == 200, "\(reply)")
                #expect(try await service.program.exit(within: Self.soon) == .code(0), "\(service.program.standardError)")
                #expect(!isAlive(redis))
                return id
            }
            // What was answered is so.
            try await withService(.rideHailing, unhurried, dataDirectory: folder) { service in
                try await service.becomesReady()
                let ride = try await service.ride(id, as: "ann")
                #expect(ride.status == "accepted" && ride.driver == "d0")
            }
        }
    }

    @Test func `who reads nothing, or is read slowly because he floods, holds nobody up at the end`() async throws {
        try await withRideFleet(of: 1) { _, services in
            let here = Place.own()
            try await services[0].begin("dan", at: here)
            let id = try await services[0].request("ann", from: here)
            let version = try await services[0].waits(for: "offered", of: id, as: "dan").version
            try await services[0].does("accept", id, as: "dan", version: version)
            let deaf = try await LiveClient.rider("ann", of: id, at: services[0])
            try await deaf.socket.connection.setReceiveBuffer(4096)
            try await deaf.socket.connection.setReading(false)
            let flooder = try await LiveClient.driver("dan", at: services[0])
            let frame = WebSocketFrame.text(#"{"type":"location",\#(location(here).dropFirst())"#).bytes
            for _ in 0..<20 { try await flooder.socket.connection.send((0..<100).flatMap { _ in frame }) }
            services[0].program.signal(SIGTERM)
            let exit = try await services[0].program.exit(within: Self.soon)
            #expect(exit == .code(0), "\(services[0].program.standardError)")
        }
    }

    @Test func `what is under way goes on where it was, after a restart`() async throws {
        try await withTemporaryFolder { folder in
            let here = Place.own()
            let (id, offered) = try await withService(.rideHailing, unhurried, dataDirectory: folder) { service in
                try await service.becomesReady()
                try await service.begin("dan", at: here)
                let id = try await service.request("ann", from: here)
                let ride = try await service.waits(for: "offered", of: id, as: "ann")
                service.program.signal(SIGTERM)
                #expect(try await service.program.exit(within: Self.soon) == .code(0))
                return (id, ride)
            }
            try await withService(.rideHailing, unhurried, dataDirectory: folder) { service in
                try await service.becomesReady()
                let rider = try await LiveClient.rider("ann", of: id, at: service)
                #expect(try await rider.next().ride == offered)
                let driver = try await LiveClient.driver("dan", at: service)
                #expect(try await driver.next().version == offered.version)
                try await driver.say("accept", id, version: offered.version)
                #expect(try await rider.ride(id, is: "accepted").driver == "dan")
            }
        }
    }

    @Test func `killed behind a 202, with Redis killed too, another instance offers the ride`() async throws {
        try await withRideFleet(of: 1, durability: .always) { server, services in
            try await withClient(of: server) { redis in
                let here = Place.own()
                try await services[0].begin("dan", at: here)
                for round in 0..<4 {
                    let fare = try await services[0].quote("ann", from: here)
                    let body = #"{"fareId":"\#(fare.id)"}"#
                    let key = [("Idempotency-Key", "\(round)")]
                    let arguments = unhurried + ["--redis", server.url]
                    let first = try await withService(.rideHailing, arguments) { victim in
                        try await victim.becomesReady()
                        let reply = try await victim.ask("POST", "/v1/rides", as: "ann", body, headers: key)
                        victim.program.signal(SIGKILL)
                        #expect(try await victim.program.exit() == .signal(SIGKILL))
                        return reply
                    }
                    #expect(first.status == 202)
                    if round % 2 == 1 {
                        await server.kill()
                        try await server.restart()
                        try await redis.reconnects()
                        try await services[0].becomesReady()
                    }
                    let again = try await services[0].ask("POST", "/v1/rides", as: "ann", body, headers: key)
                    #expect(again.status == 202 && again.text == first.text)
                    let id = try first.json(RequestedBody.self).id
                    let ride = try await services[0].waits(for: "offered", of: id, as: "dan", within: .seconds(30))
                    try await services[0].does("accept", id, as: "dan", version: ride.version)
                    try await services[0].does("start", id, as: "dan", version: ride.version + 1)
                    try await services[0].does("complete", id, as: "dan", version: ride.version + 2)
                }
                let log = try await checkedLog(server)
                #expect(Set(log.map(\.ride)).count == 4)
            }
        }
    }
}
