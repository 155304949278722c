import EmbeddedRedis
import Redis
import TestSupport
import Testing

@testable import NewsFeed

/// Runs a body with several instances on one Redis, once all are ready.
func withFeedFleet<Value>(
    of count: Int = 2, _ arguments: [String] = [], durability: EmbeddedRedis.Durability = .everySecond,
    _ body: (EmbeddedRedis, [RunningService]) async throws -> Value
) async throws -> Value {
    try await withFleet(.newsFeed, of: count, arguments, durability: durability) { server, services in
        try await everywhere(services, "is ready", within: .seconds(20)) { try await $0.isReady() }
        return try await body(server, services)
    }
}

/// As if all workers that were killed had been gone for long: others take over at once what they have left.
func leaveBehind(_ redis: RedisClient) async throws {
    let queue = NewsFeedKeys.queue
    let pending: [[RedisValue]] = try await redis.send(
        RedisCommand("XPENDING", queue, NewsFeedKeys.group, "-", "+", 1000)
    ).decode()
    for entry in pending {
        let (id, consumer) = (try entry[0].decode(as: String.self), try entry[1].decode(as: String.self))
        _ = try await redis.send(
            RedisCommand("XCLAIM", queue, NewsFeedKeys.group, consumer, 0, id, "IDLE", 3_600_000, "JUSTID"))
    }
}
