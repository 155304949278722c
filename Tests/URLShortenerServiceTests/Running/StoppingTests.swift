import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// How the service ends: in an orderly way when asked.
@Suite(.slots(1), .serialized)
struct StoppingTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `requests in flight are answered, then the service and its Redis end`(_ signal: Int32) async throws {
        try await withTemporaryFolder { folder in
            try await withService(.urlShortener, dataDirectory: folder) { service in
                try await service.becomesReady()
                let redis = try privateRedis(in: folder)
                let link = try await service.shorten("https://example.org")
                let body = try newLink("https://example.org/in-flight")
                let busy = try await service.connect()
                // The answer to the first tells that the second is being read.
                try await busy.send(
                    "GET /\(link.id) HTTP/1.1\r\nHost: a\r\n\r\n"
                        + "POST /shorten HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body.prefix(10))")
                #expect(try await busy.reply().status == 302)
                let idle = try await service.connect()
                #expect(try await idle.request("GET", "/\(link.id)").status == 302)

                service.program.signal(signal)
                try await eventually("no new connection is accepted") {
                    do { _ = try await service.connect() } catch { return true }
                    return false
                }
                try await busy.send(String(body.dropFirst(10)))
                #expect(try await busy.reply().status == 201)
                #expect(try await busy.untilClosed().isEmpty)
                #expect(try await idle.untilClosed().isEmpty)
                #expect(try await service.program.exit() == .code(0), "\(service.program.standardError)")
                #expect(!isAlive(redis))
            }
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `visits that wait for Redis are answered before the end`(_ signal: Int32) async throws {
        try await withRedis { server, _ in
            try await withService(.urlShortener, ["--redis", server.url]) { service in
                try await service.becomesReady()
                let link = try await service.shorten("https://example.org")
                #expect(try await service.visit(link.id).status == 302)
                var connections: [HTTPConnection] = []
                for _ in 0..<8 { connections.append(try await service.connect()) }
                server.pause()
                // The first is known; its answer tells that the second has been read too, and waits.
                let both = [link.id, "unknown"].map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
                for connection in connections { try await connection.send(both) }
                for connection in connections { #expect(try await connection.reply().status == 302) }
                service.program.signal(signal)
                for connection in connections {
                    try expectProblem(try await connection.reply(), 503)
                    #expect(try await connection.untilClosed().isEmpty)
                }
                #expect(try await service.program.exit() == .code(0), "\(service.program.standardError)")
                server.resume()
            }
        }
    }
}
