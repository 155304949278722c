import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@testable import NewsFeed

/// `news-feed dead-letters`: a post that cannot be brought to readers, until somebody has mended why.
@Suite(.slots(1), .serialized)
struct DeadLettersCommandTests {
    private func command(
        _ arguments: String..., on server: EmbeddedRedis
    ) async throws -> (exit: RunningProgram.Exit, output: String, errors: String) {
        try await run(.newsFeed, ["dead-letters"] + arguments + ["--redis", server.url])
    }

    private func letters(_ server: EmbeddedRedis) async throws -> [DeadLettersBody.Letter] {
        let result = try await command("list", "--json", on: server)
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        return try JSONDecoder().decode(DeadLettersBody.self, from: Data(result.output.utf8)).deadLetters
    }

    @Test func `listed, replayed and dropped`() async throws {
        try await withFeedFleet(of: 1) { server, services in
            try await withClient(of: server) { redis in
                #expect(try await command("list", on: server).output == "There are no dead letters.\n")
                // What lies there is no list of posts.
                let list = NewsFeedKeys.posts(of: UserName("ann"))
                _ = try await redis.send(RedisCommand("SET", list, "nonsense"))
                try await services[0].follow("reader", "ann")
                let post = try await services[0].post("ann").id
                _ = try await redis.send(RedisCommand("XADD", NewsFeedKeys.queue, "*", "no", "job\u{1B}[2J"))
                try await eventually("both are given up", within: .seconds(30)) {
                    try await redis.send(RedisCommand("XLEN", NewsFeedKeys.deadLetters)).decode(as: Int.self) == 2
                }

                let known = try await letters(server)
                let letter = try #require(known.first { $0.post == post })
                let other = try #require(known.first { $0.post == nil })
                #expect(letter.author == "ann" && letter.tries == 5 && letter.reason.contains("WRONGTYPE"))
                #expect(letter.buriedAt.isTime && other.author == nil && !other.reason.isEmpty)
                let table = try await command("list", on: server)
                let lines = table.output.split(separator: "\n")
                #expect(table.exit == .code(0) && lines.count == 3 && lines[0].hasPrefix("id "))
                for line in [lines[1], lines[2]] where line.hasPrefix(letter.id) {
                    for word in [post, "ann", "5", "WRONGTYPE"] { #expect(line.contains(word), "\(line)") }
                }
                #expect(!table.output.contains("\u{1B}"))
                #expect(try await services[0].metrics().value("news_feed_dead_letters_total") == 2)

                // Nothing comes of what is no post; of the other one all, once it is mended.
                _ = try await redis.send(RedisCommand("DEL", list))
                let replayed = try await command("replay", "--all", on: server)
                #expect(replayed.exit == .code(65) && replayed.output == "1 dead letter replayed.\n", "\(replayed)")
                #expect(replayed.errors.hasPrefix("Error: \(other.id) "))
                try await services[0].settles()
                #expect(try await services[0].feed(of: "reader").map(\.id) == [post])
                #expect(try await letters(server).map(\.id) == [other.id])
                for id in [letter.id, "1-1", "nonsense", "\u{1B}[2J"] {
                    for verb in ["replay", "drop"] {
                        let refused = try await command(verb, id, on: server)
                        #expect(refused.exit == .code(65) && !refused.errors.contains("\u{1B}"), "\(refused)")
                    }
                }
                let dropped = try await command("drop", other.id, on: server)
                #expect(dropped.exit == .code(0) && dropped.output == "1 dead letter dropped.\n", "\(dropped)")
                #expect(try await letters(server).isEmpty)
                #expect(try await command("drop", "--all", on: server).exit == .code(0))
            }
        }
    }

    @Test func `without --redis those of the private one, whether the service runs or not`() async throws {
        try await withTemporaryFolder { folder in
            func list() async throws -> String {
                let result = try await run(.newsFeed, ["dead-letters", "list"], environment: ["DATA_DIR": folder])
                #expect(result.exit == .code(0), "\(result)")
                return result.output
            }
            let socket = EmbeddedRedis.socketPath(ofServerIn: folder + "/redis")
            #expect(try await list() == "There are no dead letters.\n")
            #expect(!FileManager.default.fileExists(atPath: socket), "that Redis has ended")
            let during = try await withService(.newsFeed, dataDirectory: folder) { service in
                try await service.becomesReady()
                let client = RedisClient(RedisConfiguration(address: .unixSocket(path: socket)))
                try await eventually("a dead letter is there") {
                    _ = try await client.send(RedisCommand("XADD", NewsFeedKeys.deadLetters, "5-1", "reason", "a test"))
                    return true
                }
                await client.close()
                return try await list()
            }
            #expect(during.contains("\n5-1 "))
            #expect(try await list() == during)
        }
    }

    @Test func `without a Redis that answers it is 69`() async throws {
        try await withTemporaryFolder { folder in
            for arguments in [["list"], ["replay", "--all"], ["drop", "1-1"]] {
                let url = "redis+unix://\(folder)/redis.sock"
                let result = try await run(.newsFeed, ["dead-letters"] + arguments + ["--redis", url])
                #expect(result.exit == .code(69) && result.output.isEmpty && result.errors.hasPrefix("Error: "), "\(result)")
            }
        }
    }
}
