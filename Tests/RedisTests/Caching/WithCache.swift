import EmbeddedRedis
@testable import Redis
import TestSupport
import Testing

typealias TextCache = RedisCache<String?>

/// Runs a body with a cache of the keys `cached:…`, once it is trusted.
func withCache<Value>(
    of client: RedisClient, suffix: String = "", capacity: Int = 10_000, isolation: isolated (any Actor)? = #isolation,
    _ body: (TextCache) async throws -> Value
) async throws -> Value {
    let cache = TextCache(client: client, prefix: "cached:", suffix: suffix, capacity: capacity) { bytes in
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }
    let running = Task { await cache.run() }
    do {
        try await eventually("the cache is trusted", within: .seconds(30)) { cache.isTrusted }
        let value = try await body(cache)
        running.cancel()
        await running.value
        return value
    } catch {
        running.cancel()
        await running.value
        throw error
    }
}

/// The same, with a relay between the cache's client and the server; the other client goes straight to it.
func withRelayedCache(
    configure: (inout RedisConfiguration) -> Void = { _ in }, isolation: isolated (any Actor)? = #isolation,
    _ body: (TextCache, Relay, _ direct: RedisClient, EmbeddedRedis) async throws -> Void
) async throws {
    try await withRedis { server, direct in
        try await Relay.with(server) { relay in
            var configuration = relay.configuration
            configuration.deadline = .seconds(20)
            configuration.connectDeadline = .seconds(10)
            configuration.stallDeadline = .seconds(60)
            configure(&configuration)
            let client = RedisClient(configuration)
            do {
                try await withCache(of: client) { try await body($0, relay, direct, server) }
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }
}

extension RedisClient {
    func set(cached name: String, to value: some RedisArgument) async throws {
        try await set("cached:\(name)", to: value)
    }

    /// How often the server has executed `GET`.
    func executedReads() async throws -> Int {
        let text = try await send(RedisCommand("INFO", "commandstats")).decode(as: String.self)
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_get:") }
        let calls = line?.dropFirst("cmdstat_get:calls=".count).prefix { $0.isNumber }
        return calls.flatMap { Int($0) } ?? 0
    }
}

extension TextCache {
    /// Returns once everything that was acknowledged before has been heard of, and values are given out.
    func catchUp(writingTo client: RedisClient) async throws {
        let mark = RedisCacheKey("mark")
        try await eventually("the mark is known", within: .seconds(30)) {
            _ = try await self.value(of: mark)
            return self.known(mark) != nil
        }
        try await client.set(cached: "mark", to: "\(UInt64.random(in: .min ... .max))")
        try await eventually("the write of the mark is heard", within: .seconds(30)) {
            self.isTrusted && self.known(mark) == nil
        }
    }
}
