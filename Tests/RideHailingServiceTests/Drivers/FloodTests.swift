import Redis
import TestSupport
import Testing

/// Who sends more positions than anybody needs.
@Suite(.slots(1), .serialized)
struct FloodTests {
    private static let count = 2_000

    @Test func `over a WebSocket it costs him his turn and nobody else; the last one counts`() async throws {
        try await withRideFleet(of: 1) { server, services in
            try await withClient(of: server) { redis in
                let here = Place.own()
                for name in ["flooder", "calm"] { try await services[0].setStatus(of: name, "available") }
                let flooder = try await LiveClient.driver("flooder", at: services[0], patience: .seconds(60))
                let calm = try await LiveClient.driver("calm", at: services[0])
                let before = try await recorded(redis)
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        for part in 0..<Self.count / 100 {
                            try await flooder.socket.connection.send(
                                (0..<100).flatMap { index in
                                    let place = here.north(Double(part * 100 + index) / 10)
                                    return WebSocketFrame.text(#"{"type":"location",\#(location(place).dropFirst())"#).bytes
                                })
                        }
                    }
                    for round in 1...10 {
                        try await calm.locate(here.north(Double(-round)))
                        try await eventually("the other one gets through") {
                            try await services[0].nearby(here.north(Double(-round)), "&limit=100").contains {
                                $0.id == "calm" && $0.distanceMeters < 0.5
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let end = here.north(Double(Self.count - 1) / 10)
                try await eventually("the last one counts", within: .seconds(60)) {
                    try await services[0].nearby(end).contains { $0.id == "flooder" && $0.distanceMeters < 0.05 }
                }
                // Most went no further than the service.
                #expect(try await recorded(redis) - before < Self.count / 4)
                #expect(try await services[0].isReady())
            }
        }
    }

    @Test func `over HTTP, one after the other without waiting, each is answered and the last one counts`() async throws {
        try await withRideFleet(of: 1) { _, services in
            let here = Place.own()
            try await services[0].setStatus(of: "d", "available")
            let connection = try await services[0].connect()
            for part in 0..<20 {
                for index in 0..<50 {
                    try await connection.send(
                        "PUT", "/v1/drivers/d/location", headers: user("d"), body: location(here.north(Double(part * 50 + index)))
                    )
                }
                for _ in 0..<50 {
                    let reply = try await connection.reply()
                    #expect(reply.status == 204 || reply.status == 429 || reply.status == 503, "\(reply)")
                }
            }
            try await services[0].locate("d", here.north(2000))
            #expect(try await services[0].nearby(here.north(2000)).first.map { $0.distanceMeters < 1 } == true)
        }
    }

    /// How many positions Redis was told.
    private func recorded(_ redis: RedisClient) async throws -> Int {
        let statistics: String = try await redis.send(RedisCommand("INFO", "commandstats")).decode()
        return statistics.firstMatch(of: #/cmdstat_geoadd:calls=(\d+)/#).flatMap { Int($0.1) } ?? 0
    }
}
