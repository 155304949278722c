import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// Health tells the truth, and the service lives on whatever becomes of Redis.
@Suite(.slots(1))
struct ReadinessTests {
    @Test func `without Redis at the start it runs, says why it is not ready, and is ready once Redis is there`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, ["--redis", "redis+unix://\(folder)/redis.sock"]) { service in
                try await service.becomesUnready()
                // What needs no policy of Redis is decided here.
                let check = try await service.get("default", "a")
                #expect(check.status == 200)
                #expect(try check.json(CheckAnswerBody.self).decidedBy == "local")
                try expectProblem(try await service.get("login", "a"), 503, "Redis", "policies")
                try expectProblem(
                    try await service.request("PUT", "/v1/policies/a", body: #"{"capacity":1,"refillPeriodMs":1}"#), 503, "Redis")
                try expectProblem(try await service.request("DELETE", "/v1/buckets/default/a"), 503, "Redis")

                let server = try await EmbeddedRedis.start(.init(directory: folder))
                try await service.becomesReady()
                #expect(try await service.get("default", "a").json(CheckAnswerBody.self).decidedBy == "redis")
                await server.stop()
            }
        }
    }

    @Test func `it notices within 5 s that Redis is gone or silent, and within 10 s that it is back`() async throws {
        try await withRedis { server, _ in
            try await withService(.rateLimiter, ["--redis", server.url]) { service in
                try await service.becomesReady()

                await server.kill()
                try await service.becomesUnready()
                try await server.restart()
                try await service.becomesReady()

                server.pause()
                try await service.becomesUnready()
                #expect(try await service.get("default", "a").status == 200)
                server.resume()
                try await service.becomesReady()
                #expect(service.program.ended == nil)
            }
        }
    }

    @Test func `a Redis that answers pings and runs no scripts is not ready`() async throws {
        try await withRedis { server, redis in
            try await withService(.rateLimiter, ["--redis", server.url]) { service in
                try await service.becomesReady()
                _ = try await redis.send(RedisCommand("ACL", "SETUSER", "default", "-evalsha", "-eval"))
                try await service.becomesUnready()
                _ = try await redis.send(RedisCommand("ACL", "SETUSER", "default", "+evalsha", "+eval"))
                try await service.becomesReady()
            }
        }
    }

    @Test(arguments: [
        (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
        (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]),
    ])
    func `a Redis that takes no writes, being full or a replica, is not ready`(_ spoil: [String], _ mend: [String]) async throws {
        try await withRedis { server, redis in
            try await withService(.rateLimiter, ["--redis", server.url]) { service in
                try await service.becomesReady()
                _ = try await redis.send(RedisCommand(spoil[0], arguments: spoil.dropFirst().map { $0 }))
                try await service.becomesUnready()
                #expect(try await service.get("default", "a").json(CheckAnswerBody.self).decidedBy == "local")
                _ = try await redis.send(RedisCommand(mend[0], arguments: mend.dropFirst().map { $0 }))
                try await service.becomesReady()
                try await eventually("Redis decides") {
                    try await service.get("default", "a").json(CheckAnswerBody.self).decidedBy == "redis"
                }
            }
        }
    }
}
