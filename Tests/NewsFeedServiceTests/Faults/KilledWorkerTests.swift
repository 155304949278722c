import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@testable import NewsFeed

/// Workers that are killed again and again, while they bring posts to many followers.
@Suite(.slots(2), .serialized)
struct KilledWorkerTests {
    private static let followers = 10_000
    private static let posts = 6

    @Test func `every follower has every post once`() async throws {
        try await withFeedFleet(of: 1, ["--worker-lanes", "0", "--strategy", "push"], durability: .always) { server, services in
            try await withClient(of: server) { redis in
                let names = (0..<Self.followers).map { "follower \($0)" }
                try await prepare(names, of: "ann", on: redis)
                var ids: [String] = []
                for number in 0..<Self.posts { ids.insert(try await services[0].post("ann", "\(number)").id, at: 0) }

                var killed = 0
                for kill in 0..<8 {
                    let before = try await entries(redis)
                    let arguments = ["--strategy", "push", "--redis", server.url, "--worker-lanes", "\(1 + kill % 3)"]
                    try await withService(.newsFeed, command: "worker", arguments) { worker in
                        try await eventually("it has begun", within: .seconds(30)) {
                            let (now, left) = try await (entries(redis), waiting(redis))
                            return now > before || left == 0
                        }
                        worker.program.signal(SIGKILL)
                        #expect(try await worker.program.exit() == .signal(SIGKILL))
                    }
                    let written = try await entries(redis)
                    if written > 0, written < Self.posts * Self.followers { killed += 1 }
                    if kill == 2 {
                        await server.kill()
                        try await server.restart()
                        try await redis.reconnects()
                    }
                    try await leaveBehind(redis)
                }
                #expect(killed > 1, "killed under way \(killed) times: too few to tell anything")
                try await services[0].becomesReady()
                try await withService(.newsFeed, command: "worker", ["--strategy", "push", "--redis", server.url]) { _ in
                    try await services[0].settles(within: .seconds(60))
                }
                try await check(names, have: ids, on: redis)
                for name in [names[0], names[999], names[1000], names[names.count - 1]] {
                    #expect(try await services[0].feed(of: name).map(\.id) == ids)
                }
            }
        }
    }

    /// Followers who have read a moment ago, so that each has a timeline. The library would need some seconds for as many.
    private func prepare(_ names: [String], of author: String, on redis: RedisClient) async throws {
        let author = UserName(author)
        try await send(
            names.enumerated().flatMap { index, name in
                let user = UserName(name)
                return [
                    RedisCommand("ZADD", NewsFeedKeys.following(of: user), index + 1, author.text),
                    RedisCommand("SET", NewsFeedKeys.followingVersion(of: user), "prepared"),
                    RedisCommand("ZADD", NewsFeedKeys.followers(of: author), index + 1, name),
                    RedisCommand(
                        "HSET", NewsFeedKeys.state(of: user), "entries", 0, "watermark", TimelineState.end, "epoch", "prepared"),
                ]
            }, to: redis)
    }

    private func check(_ names: [String], have ids: [String], on redis: RedisClient) async throws {
        let members = ids.compactMap { PostID($0)?.member }
        let replies = try await send(
            names.flatMap { name in
                [
                    RedisCommand("ZRANGE", NewsFeedKeys.timeline(of: UserName(name)), 0, -1),
                    RedisCommand("HGET", NewsFeedKeys.state(of: UserName(name)), "entries"),
                ]
            }, to: redis)
        var wrong: [String] = []
        for (index, name) in names.enumerated() {
            let timeline: [String] = try replies[2 * index].decode()
            let entries: Int = try replies[2 * index + 1].decode()
            if timeline != members || entries != members.count { wrong.append(name) }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of them, such as \(wrong.prefix(3))")
    }

    @discardableResult
    private func send(_ commands: [RedisCommand], to redis: RedisClient) async throws -> [RedisValue] {
        try await redis.replies(to: commands, deadline: .seconds(30))
    }

    private func waiting(_ redis: RedisClient) async throws -> Int {
        try await redis.send(RedisCommand("XLEN", NewsFeedKeys.queue)).decode()
    }

    /// In all timelines, as far as some of them tell.
    private func entries(_ redis: RedisClient) async throws -> Int {
        let some = stride(from: 0, to: Self.followers, by: 100).map { NewsFeedKeys.timeline(of: UserName("follower \($0)")) }
        let counts = try await send(some.map { RedisCommand("ZCARD", $0) }, to: redis)
        return try counts.reduce(0) { try $0 + $1.decode(as: Int.self) } * 100
    }
}
