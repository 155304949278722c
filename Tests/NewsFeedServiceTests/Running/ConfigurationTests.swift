import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@testable import NewsFeed

/// Each option has an environment variable of its name, and the command line wins.
@Suite(.slots(1))
struct ConfigurationTests {
    /// What is in Redis behind a post of an author with one follower, who reads.
    private func pulledAuthors(_ arguments: [String], _ environment: [String: String]) async throws -> [String] {
        try await withRedis { server, redis in
            try await withService(.newsFeed, ["--redis", server.url] + arguments, environment: environment) { service in
                try await service.becomesReady()
                try await service.follow("reader", "ann")
                let id = try await service.post("ann").id
                try await service.settles()
                #expect(try await service.feed(of: "reader").map(\.id) == [id])
                return try await redis.send(RedisCommand("SMEMBERS", NewsFeedKeys.pulledAuthors)).decode()
            }
        }
    }

    @Test func `strategy and threshold decide who is read from his own list`() async throws {
        #expect(try await pulledAuthors([], [:]).isEmpty)
        #expect(try await pulledAuthors(["--celebrity-threshold", "1"], [:]) == ["ann"])
        #expect(try await pulledAuthors([], ["CELEBRITY_THRESHOLD": "1"]) == ["ann"])
        #expect(try await pulledAuthors(["--strategy", "push"], ["CELEBRITY_THRESHOLD": "1", "STRATEGY": "pull"]).isEmpty)
        #expect(try await pulledAuthors([], ["STRATEGY": "pull"]) == ["ann"])
    }

    @Test func `a timeline keeps as much as it is told to`() async throws {
        try await withRedis { server, redis in
            try await withService(.newsFeed, ["--redis", server.url, "--timeline-length", "10"]) { service in
                try await service.becomesReady()
                try await service.follow("reader", "ann")
                #expect(try await service.feed(of: "reader").isEmpty)
                for _ in 0..<30 { _ = try await service.post("ann") }
                try await service.settles()
                let key = NewsFeedKeys.timeline(of: UserName("reader"))
                let count: Int = try await redis.send(RedisCommand("ZCARD", key)).decode()
                #expect((10...11).contains(count))
                #expect(try await service.feed(of: "reader", limit: 7).count == 30)
            }
        }
    }

    @Test func `a Redis that would take much memory for timelines is told of, once`() async throws {
        let name = "zset-max-listpack-entries"
        try await withRedis { server, redis in
            /// What a service says of it, once it has looked.
            func notices(_ prepare: RedisCommand? = nil) async throws -> [String] {
                _ = try await redis.send(RedisCommand("CONFIG", "RESETSTAT"))
                if let prepare { _ = try await redis.send(prepare) }
                return try await withService(.newsFeed, ["--redis", server.url]) { service in
                    try await service.becomesReady()
                    try await eventually("it has looked") {
                        try await redis.send(RedisCommand("INFO", "commandstats")).decode(as: String.self).contains("config|get")
                    }
                    service.program.signal(SIGTERM)
                    #expect(try await service.program.exit() == .code(0))
                    return service.program.standardError.split(separator: "\n").filter { $0.contains(name) }.map(String.init)
                }
            }
            let told = try await notices()
            #expect(told.count == 1 && told[0].contains(" notice ") && told[0].contains("CONFIG SET \(name) 1024"), "\(told)")
            // Nobody may ask: then nothing is said, and all goes on.
            #expect(try await notices(RedisCommand("ACL", "SETUSER", "default", "-config")).isEmpty)
            _ = try await redis.send(RedisCommand("ACL", "SETUSER", "default", "+config"))
            #expect(try await notices(RedisCommand("CONFIG", "SET", name, 1024)).isEmpty)
        }
    }

    @Test func `a private Redis packs timelines, and keeps the posts`() async throws {
        try await withTemporaryFolder { folder in
            let id = try await withService(.newsFeed, dataDirectory: folder) { service in
                try await service.becomesReady()
                let id = try await service.post("ann").id
                let socket = EmbeddedRedis.socketPath(ofServerIn: folder + "/redis")
                let client = RedisClient(RedisConfiguration(address: .unixSocket(path: socket)))
                let setting: [String]? = try? await client.send(
                    RedisCommand("CONFIG", "GET", "zset-max-listpack-entries")
                ).decode()
                await client.close()
                #expect(setting?.last == "1024")
                service.program.signal(SIGTERM)
                #expect(try await service.program.exit() == .code(0))
                #expect(!service.program.standardError.contains("listpack"))
                return id
            }
            try await withService(.newsFeed, dataDirectory: folder) { service in
                try await service.becomesReady()
                #expect(try await service.feed(of: "ann").map(\.id) == [id])
            }
        }
    }
}
