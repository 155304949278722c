import Foundation
import Redis
import TestSupport
import Testing

@testable import RideHailing

/// What somebody did to a fare in Redis.
@Suite(.slots(1), .serialized)
struct ChangedFareTests {
    @Test func `a fare that was changed or has gone is none, on any instance`() async throws {
        try await withRideFleet { server, services in
            try await withClient(of: server) { redis in
                let here = Place.own()
                func request(_ fare: FareBody) async throws -> HTTPReply {
                    try await services[1].ask("POST", "/v1/rides", as: "ann", #"{"fareId":"\#(fare.id)"}"#)
                }
                let whole = try await services[0].quote("ann", from: here)
                let fields: [String] = try await redis.send(RedisCommand("HKEYS", RideHailingKeys.fare(whole.id))).decode()
                #expect(fields.count > 4)
                for field in fields {
                    let fare = try await services[0].quote("ann", from: here)
                    let key = RideHailingKeys.fare(fare.id)
                    let value: String = try await redis.send(RedisCommand("HGET", key, field)).decode()
                    _ = try await redis.send(RedisCommand("HSET", key, field, Self.changed(value)))
                    try expectProblem(try await request(fare), 404, "fareId")
                    _ = try await redis.send(RedisCommand("HDEL", key, field))
                    try expectProblem(try await request(fare), 404, "fareId")
                }
                // It lives as long as it says.
                let fare = try await services[0].quote("ann", from: here)
                let left: Int = try await redis.send(RedisCommand("PTTL", RideHailingKeys.fare(fare.id))).decode()
                #expect(abs(Double(left) / 1000 - (try Times.date(fare.expiresAt).timeIntervalSinceNow)) < 5)
                _ = try await redis.send(RedisCommand("PEXPIRE", RideHailingKeys.fare(fare.id), 1))
                try await eventually { try await request(fare).status == 404 }
                #expect(try await request(whole).status == 202)
            }
        }
    }

    /// Another value of the same form.
    private static func changed(_ value: String) -> String {
        guard let last = value.last else { return "1" }
        return value.dropLast() + (last == "1" ? "2" : "1")
    }
}
