import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@testable import NewsFeed

/// How the service ends: in an orderly way when asked.
@Suite(.slots(1), .serialized)
struct StoppingTests {
    /// Far less than what the service would wait at most for something that does not end by itself.
    private static let soon = Duration.seconds(15)

    @Test(arguments: [SIGTERM, SIGINT])
    func `requests in flight are answered, live connections end, then the service and its Redis`(_ signal: Int32) async throws {
        try await withTemporaryFolder { folder in
            try await withService(.newsFeed, dataDirectory: folder) { service in
                try await service.becomesReady()
                let redis = try privateRedis(in: folder)
                var listeners: [HTTPConnection] = []
                for index in 0..<20 {
                    let listener = try await service.connect()
                    try await listener.send("GET", "/v1/feed/live?user=\(index)")
                    _ = try await listener.text(through: "retry: 2000\n\n")
                    listeners.append(listener)
                }
                let body = try newPost("in flight")
                let busy = try await service.connect()
                // The answer to the first tells that the second is being read.
                try await busy.send(
                    "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        + "POST /v1/posts HTTP/1.1\r\nHost: localhost\r\nX-User-ID: ann\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body.prefix(5))")
                #expect(try await busy.reply().status == 200)
                service.program.signal(signal)
                for listener in listeners {
                    // To the end of the last chunk.
                    let rest = String(decoding: try await listener.untilClosed(), as: UTF8.self)
                    #expect(rest.hasSuffix("0\r\n\r\n"), "\(rest)")
                }
                try await busy.send(String(body.dropFirst(5)))
                #expect(try await busy.reply().status == 202)
                #expect(try await service.program.exit(within: Self.soon) == .code(0), "\(service.program.standardError)")
                #expect(!isAlive(redis))
            }
        }
    }

    @Test func `a listener who reads nothing holds nobody up, while he listens and at the end`() async throws {
        try await withRedis { server, redis in
            try await withService(.newsFeed, ["--redis", server.url]) { service in
                try await service.becomesReady()
                // Written in JSON it takes six times as many bytes.
                let author = String(repeating: "\u{1}", count: 500)
                try await service.follow("deaf", author)
                let deaf = try await service.connect()
                try await deaf.setReceiveBuffer(4096)
                try await deaf.send("GET", "/v1/feed/live?user=deaf")
                _ = try await deaf.text(through: "retry: 2000\n\n")
                try await deaf.setReading(false)
                let alert = try await service.connect()
                try await alert.send("GET", "/v1/feed/live?user=alert")
                _ = try await alert.text(through: "retry: 2000\n\n")
                for round in 10..<20 {
                    // More than the connection and the service keep for him.
                    var commands = [String](repeating: author, count: 1000).map {
                        RedisCommand("PUBLISH", NewsFeedKeys.channel, "0000000000000 - \($0)")
                    }
                    commands.append(RedisCommand("PUBLISH", NewsFeedKeys.channel, "00000000000\(round) - alert"))
                    _ = try await redis.replies(to: commands, deadline: .seconds(10))
                    _ = try await alert.text(through: "\"00000000000\(round)\"")
                }
                service.program.signal(SIGTERM)
                #expect(try await service.program.exit(within: Self.soon) == .code(0), "\(service.program.standardError)")
            }
        }
    }
}
