import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// Readiness tells the truth about a Redis that is there and does not do all that it should.
@Suite(.slots(1), .serialized)
struct ReadinessTests {
    @Test(arguments: [
        (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
        (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]),
        (["ACL", "SETUSER", "default", "-evalsha", "-eval"], ["ACL", "SETUSER", "default", "+evalsha", "+eval"]),
    ])
    func `a Redis that takes no writes or runs no scripts is not ready, and known links go on`(
        _ spoil: [String], _ mend: [String]
    ) async throws {
        try await withRedis { server, redis in
            try await withService(.urlShortener, ["--redis", server.url]) { service in
                try await service.becomesReady()
                let link = try await service.shorten("https://example.org")
                #expect(try await service.visit(link.id).status == 302)
                _ = try await redis.send(RedisCommand(spoil[0], arguments: spoil.dropFirst().map { $0 }))
                try await service.becomesUnready(saying: "")
                #expect(try await service.visit(link.id).status == 302)
                try expectProblem(try await service.send("POST", "/shorten", newLink("https://example.org")), 503)
                _ = try await redis.send(RedisCommand(mend[0], arguments: mend.dropFirst().map { $0 }))
                try await service.becomesReady()
                _ = try await service.shorten("https://example.org")
            }
        }
    }

    @Test func `a private Redis that is killed is started again with its links`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.urlShortener, ["--fsync", "always"], dataDirectory: folder) { service in
                try await service.becomesReady()
                let link = try await service.shorten("https://example.org/kept")
                let first = try privateRedis(in: folder)
                kill(first, SIGKILL)
                try await eventually("another one runs") { try privateRedis(in: folder) != first }
                try await service.becomesReady()
                #expect(try await service.destination(of: link.id) == "https://example.org/kept")
                #expect(try await service.shorten("https://example.org").id != link.id)
            }
        }
    }

    @Test func `after kill -9 the private Redis ends too, and the links are there on the next start`() async throws {
        try await withTemporaryFolder { folder in
            let (link, redis) = try await withService(.urlShortener, ["--fsync", "always"], dataDirectory: folder) { service in
                try await service.becomesReady()
                let link = try await service.shorten("https://example.org/kept")
                let redis = try privateRedis(in: folder)
                service.program.signal(SIGKILL)
                #expect(try await service.program.exit() == .signal(SIGKILL))
                return (link, redis)
            }
            try await eventually("redis-server has ended") { !isAlive(redis) }
            try await withService(.urlShortener, dataDirectory: folder) { service in
                try await service.becomesReady()
                #expect(try await service.destination(of: link.id) == "https://example.org/kept")
                #expect(try await service.shorten("https://example.org").id != link.id)
            }
        }
    }
}
