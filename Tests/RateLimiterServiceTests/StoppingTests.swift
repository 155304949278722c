import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// How the service ends: in an orderly way when asked, and without harm when not.
@Suite(.slots(1))
struct StoppingTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a request in flight is answered, then the service and its Redis end`(_ signal: Int32) async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, dataDirectory: folder) { service in
                let redis = try privateRedis(in: folder)
                #expect(isAlive(redis))
                let body = #"{"policy":"default","key":"in-flight"}"#
                let busy = try await service.connect()
                // The answer to the first tells that the second is being read.
                try await busy.send(
                    "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
                        + "POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body.prefix(10))")
                #expect(try await busy.reply().status == 200)
                // Nobody waits for these.
                let idleOnHotPath = try await service.connect()
                #expect(try await idleOnHotPath.request("GET", "/v1/check/default/idle").status == 200)
                let idleAtRouter = try await service.connect()
                #expect(try await idleAtRouter.request("GET", "/health/live").status == 200)

                service.program.signal(signal)
                try await eventually("no new connection is accepted") {
                    do { _ = try await service.connect() } catch { return true }
                    return false
                }
                #expect(service.program.ended == nil)
                try await busy.send(String(body.dropFirst(10)))
                let reply = try await busy.reply()
                #expect(reply.status == 200)
                #expect(try reply.json(CheckAnswerBody.self).decidedBy == "redis")
                #expect(try await busy.untilClosed().isEmpty)
                #expect(try await idleOnHotPath.untilClosed().isEmpty)
                #expect(try await idleAtRouter.untilClosed().isEmpty)

                #expect(try await service.program.exit() == .code(0), "\(service.program.standardError)")
                #expect(!isAlive(redis))
                #expect(!FileManager.default.fileExists(atPath: folder + "/redis/redis.sock"))
            }
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `checks that wait for Redis are answered before the end`(_ signal: Int32) async throws {
        try await withRedis { server, _ in
            try await withService(.rateLimiter, ["--redis", server.url]) { service in
                try await service.put("small", #""capacity":1,"refillPeriodMs":3600000"#)
                try await service.put("large", #""capacity":1000,"refillPeriodMs":3600000"#)
                try await eventually("refused from memory") {
                    try await service.get("small", "a").json(CheckAnswerBody.self).decidedBy == "memory"
                }
                var connections: [HTTPConnection] = []
                for _ in 0..<8 { connections.append(try await service.connect()) }
                server.pause()
                // The first is answered from memory at once; then the second has been read too, and waits.
                let both = ["small", "large"].map { "GET /v1/check/\($0)/a HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
                for connection in connections { try await connection.send(both) }
                for connection in connections { _ = try await connection.reply() }
                service.program.signal(signal)
                for connection in connections {
                    let reply = try await connection.reply()
                    #expect(reply.status == 200)
                    #expect(try reply.json(CheckAnswerBody.self).decidedBy == "local")
                    #expect(try await connection.untilClosed().isEmpty)
                }
                #expect(try await service.program.exit() == .code(0), "\(service.program.standardError)")
                server.resume()
            }
        }
    }

    @Test func `after kill -9 the private Redis ends too, and the data is there on the next start`() async throws {
        try await withTemporaryFolder { folder in
            let redis = try await withService(.rateLimiter, dataDirectory: folder) { service in
                try await service.put("kept", #""capacity":10,"refillTokens":1,"refillPeriodMs":3600000"#)
                #expect(try await service.get("kept", "a", cost: 3).status == 200)
                let redis = try privateRedis(in: folder)
                service.program.signal(SIGKILL)
                #expect(try await service.program.exit() == .signal(SIGKILL))
                return redis
            }
            try await eventually("redis-server has ended") { !isAlive(redis) }
            try await withService(.rateLimiter, dataDirectory: folder) { service in
                try await eventually("policies are read") { try await service.get("kept", "b").status == 200 }
                let bucket = try await service.bucket("kept", "a")
                #expect(bucket.remaining == 7 && bucket.limit == 10)
            }
        }
    }

    @Test func `a private Redis that is killed is started again with its data`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, ["--fsync", "always"], dataDirectory: folder) { service in
                try await service.put("kept", #""capacity":10,"refillTokens":1,"refillPeriodMs":3600000"#)
                #expect(try await service.get("kept", "a", cost: 3).status == 200)
                let first = try privateRedis(in: folder)
                kill(first, SIGKILL)
                try await eventually("another one runs") { try privateRedis(in: folder) != first }
                try await eventually("ready again") { try await service.request("GET", "/health/ready").status == 200 }
                #expect(try await service.bucket("kept", "a").remaining == 7)
            }
        }
    }
}
