import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// Each option has an environment variable of its name, and the command line wins.
@Suite(.slots(1))
struct ConfigurationTests {
    private func withChat(
        _ arguments: [String], _ environment: [String: String] = [:], _ body: (RunningService) async throws -> Void
    ) async throws {
        try await withService(.chat, arguments, environment: environment) { service in
            try await eventually("ready", within: .seconds(20)) { try await service.isReady() }
            try await body(service)
        }
    }

    @Test(
        arguments: [
            (["--max-message-bytes", "10"], [:]), ([], ["MAX_MESSAGE_BYTES": "10"]),
            (["--max-message-bytes", "10"], ["MAX_MESSAGE_BYTES": "100"]),
        ] as [([String], [String: String])])
    func `text has so many bytes at most, and a frame follows from that`(
        _ arguments: [String], _ environment: [String: String]
    ) async throws {
        try await withChat(arguments, environment) { service in
            let ann = try await ChatClient.join(service, as: "ann")
            let longest = #"\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001"#
            try await ann.socket.send(#"{"type":"send","id":"a","to":{"user":"bob"},"text":"\#(longest)"}"#)
            #expect(try await ann.next("sent").seq == 1)
            for frame in [try ClientFrame.send("b", "eleven byte", to: .user("bob")).json, String(repeating: " ", count: 10_000)]
            {
                let careless = try await ChatClient.join(service, as: "ann")
                try await careless.socket.send(frame)
                #expect(try await careless.socket.closed().code == 1009)
            }
        }
    }

    @Test func `so many may be sent at once, and each second`() async throws {
        try await withChat(["--send-limit", "2:1"], ["SEND_LIMIT": "off"]) { service in
            let ann = try await ChatClient.join(service, as: "ann")
            let start = ContinuousClock.now
            try await ann.tell((1...50).map { .send("\($0)", "text", to: .user("bob")) })
            var sent = 0
            for _ in 1...50 where try await ann.next(where: { $0.type == "sent" || $0.type == "error" }).type == "sent" {
                sent += 1
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            #expect((2...Int(3 + seconds)).contains(sent))
        }
    }

    @Test func `a user may have so many connections, and others are not hindered`() async throws {
        try await withChat(["--connections-per-user", "2"]) { service in
            let first = try await ChatClient.join(service, as: "ann")
            let second = try await ChatClient.join(service, as: "ann")
            do {
                _ = try await ChatClient.join(service, as: "ann")
                Issue.record("a third one")
            } catch let refused as WebSocketClient.Refused {
                try expectProblem(refused.reply, 429)
            }
            _ = try await ChatClient.join(service, as: "bob")
            try await first.leave()
            try await eventually("one may come again") {
                do {
                    return try await ChatClient.join(service, as: "ann").welcome.user == "ann"
                } catch is WebSocketClient.Refused {
                    return false
                }
            }
            #expect(try await second.send(to: .user("ann")).seq == 1)
        }
    }

    @Test func `messages are kept for so many days`() async throws {
        try await withRedis { server, redis in
            try await withChat(["--redis", server.url, "--retention-days", "3"]) { service in
                let ann = try await ChatClient.join(service, as: "ann")
                try await ann.send(to: .user("bob"))
                let keys: [String] = try await redis.send(RedisCommand("KEYS", "chat:*:log:*")).decode()
                #expect(keys.count == 1)
                for key in keys {
                    let seconds: Int = try await redis.send(RedisCommand("TTL", key)).decode()
                    #expect((3 * 86_400...5 * 86_400).contains(seconds))
                }
            }
        }
    }

    @Test func `with its private Redis, killed behind a message, it has it when it is started again`() async throws {
        try await withTemporaryFolder { folder in
            for number in 1...2 {
                let redis = try await withService(.chat, ["--fsync", "always"], dataDirectory: folder) { service in
                    try await service.becomesReady()
                    let ann = try await ChatClient.join(service, as: "ann")
                    let sent = try await ann.send("\(number)", to: .user("bob"))
                    #expect(sent.seq == number)
                    let redis = try privateRedis(in: folder)
                    service.program.signal(SIGKILL)
                    #expect(try await service.program.exit() == .signal(SIGKILL))
                    return redis
                }
                try await eventually("redis-server has ended") { !isAlive(redis) }
            }
            try await withService(.chat, ["--fsync", "always"], dataDirectory: folder) { service in
                try await service.becomesReady()
                let bob = try await ChatClient.join(service, as: "bob")
                #expect(try await bob.messages(2).map(\.text) == ["1", "2"])
            }
        }
    }
}
