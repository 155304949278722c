import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@testable import NewsFeed

/// Readiness tells the truth about Redis, and about the queue.
@Suite(.serialized)
struct ReadinessTests {
    private static let requests: [(method: String, target: String, body: String?)] = [
        ("POST", "/v1/posts", #"{"text":"a"}"#), ("GET", "/v1/posts/0000000000000", nil), ("GET", "/v1/feed", nil),
        ("PUT", "/v1/posts/0000000000000/like", nil), ("POST", "/v1/posts/0000000000000/comments", #"{"text":"a"}"#),
        ("PUT", "/v1/users/ann/following/bob", nil), ("GET", "/v1/users/bob/followers", nil),
    ]

    @Test(.slots(2)) func `without Redis requests are 503, and all is well when it is back`() async throws {
        try await withFeedFleet(durability: .always) { server, services in
            try await services[0].follow("reader", "ann")
            let first = try await services[0].post("ann").id
            await server.kill()
            for service in services { try await service.becomesUnready() }
            for (method, target, body) in Self.requests {
                try expectProblem(try await services[1].ask(method, target, as: "ann", body), 503)
            }
            try await server.restart()
            for service in services { try await service.becomesReady() }
            let second = try await services[1].post("ann").id
            for service in services {
                try await eventually("both are there", within: .seconds(40)) {
                    try await service.feed(of: "reader").map(\.id) == [second, first]
                }
            }
        }
    }

    @Test(.slots(1)) func `without Redis at the start it runs, and is ready once Redis is there; one that is silent is not`()
        async throws
    {
        try await withTemporaryFolder { folder in
            try await withService(.newsFeed, ["--redis", "redis+unix://\(folder)/redis.sock"]) { service in
                try await service.becomesUnready()
                try expectProblem(try await service.ask("GET", "/v1/feed", as: "ann"), 503)
                let server = try await EmbeddedRedis.start(.init(directory: folder))
                try await service.becomesReady()
                let id = try await service.post("ann").id
                server.pause()
                try await service.becomesUnready()
                server.resume()
                try await service.becomesReady()
                #expect(try await service.feed(of: "ann").map(\.id) == [id])
                await server.stop()
            }
        }
    }

    @Test(
        .slots(1),
        arguments: [
            (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
            (["ACL", "SETUSER", "default", "resetchannels"], ["ACL", "SETUSER", "default", "allchannels"]),
        ])
    func `a Redis that does not do all that it should is not ready`(_ spoil: [String], _ mend: [String]) async throws {
        try await withRedis { server, redis in
            try await withService(.newsFeed, ["--redis", server.url]) { service in
                try await service.becomesReady()
                _ = try await redis.send(RedisCommand(spoil[0], arguments: spoil.dropFirst().map { $0 }))
                try await service.becomesUnready(saying: "")
                _ = try await redis.send(RedisCommand(mend[0], arguments: mend.dropFirst().map { $0 }))
                try await service.becomesReady()
                _ = try await service.post("ann")
            }
        }
    }

    @Test(.slots(2)) func `how long the queue is stands there; one that nobody works on is not ready`() async throws {
        try await withFeedFleet(of: 1, ["--worker-lanes", "0"]) { server, services in
            try await withClient(of: server) { redis in
                #expect(
                    try await services[0].request("GET", "/health/ready").text
                        == #"{"status":"ready","queue":{"waiting":0,"oldestAgeMs":0}}"#)
                // Since 1970.
                let job = FanOutJob(post: PostID(createdAtMicroseconds: 0), author: UserName("ann"))
                _ = try await redis.send(
                    RedisCommand("XADD", arguments: [NewsFeedKeys.queue, "1-1"] + job.fields as [any RedisArgument]))
                _ = try await services[0].post("ann")
                try await services[0].becomesUnready(saying: "queue: 2 waiting, the oldest for ")
                try await eventually("the metrics say so too") {
                    let metrics = try await services[0].metrics()
                    return metrics.value("news_feed_queue_length") == 2
                        && metrics.value("news_feed_queue_age_seconds") ?? 0 > 1_000_000_000
                }
                // Somebody has it, and then nobody has it any more.
                _ = try await redis.send(RedisCommand("XGROUP", "CREATE", NewsFeedKeys.queue, NewsFeedKeys.group, 0))
                _ = try await redis.send(
                    RedisCommand(
                        "XREADGROUP", "GROUP", NewsFeedKeys.group, "lost", "COUNT", 1, "STREAMS", NewsFeedKeys.queue, ">"))
                try await services[0].becomesReady()
                try await leaveBehind(redis)
                try await services[0].becomesUnready(saying: "no worker")
                try await withService(.newsFeed, command: "worker", ["--redis", server.url]) { worker in
                    try await services[0].settles()
                    try await worker.becomesReady()
                    #expect(try await services[0].metrics().value("news_feed_queue_length") != nil)
                }
            }
        }
    }
}
