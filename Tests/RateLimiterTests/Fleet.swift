import EmbeddedRedis
import Foundation
import NIOCore
import Redis
import Synchronization
import TestSupport
import Testing

@testable import RateLimiter

/// Several instances of a rate limiter on one Redis, each with a client of its own, as if on several machines.
struct Fleet {
    let server: EmbeddedRedis
    let limiters: [RateLimiter]
    /// A client that no instance uses, for looking at what is in Redis.
    let redis: RedisClient

    subscript(index: Int) -> RateLimiter { limiters[index] }

    /// Until every instance works and knows the others.
    func becomesReady() async throws {
        try await eventually("every instance works and knows the others", within: .seconds(30)) {
            for limiter in limiters { try await limiter.probe() }
            return limiters.allSatisfy { $0.roster.withLock { $0.count } == limiters.count }
        }
    }

    /// Empties a limit and returns when every instance refuses it from memory.
    func exhaust(_ policy: String, key: String) async throws {
        try await eventually("all refuse from memory", within: .seconds(30)) {
            for limiter in limiters {
                let decision = try await limiter.check(RateLimitCheck(policy: policy, key: key))
                guard decision.decidedBy == .memory else { return false }
            }
            return true
        }
    }

    /// How often a command was executed since the server started.
    func executions(of command: String) async throws -> Int {
        let text: String = try await redis.send(RedisCommand("INFO", "commandstats", isIdempotent: true)).decode()
        guard let start = text.firstRange(of: "cmdstat_\(command):calls=")?.upperBound else { return 0 }
        return Int(text[start...].prefix { $0.isNumber }) ?? 0
    }

    /// What Redis holds as consumed, of a limit to which nothing comes back.
    func consumed(of policy: RateLimitPolicy, key: String) async throws -> Int {
        let name = RateLimiterKeys.bucket(of: policy, key: key)
        switch policy.algorithm {
        case .slidingWindow: return try await redis.send(RedisCommand("LLEN", name, isIdempotent: true)).decode()
        case .tokenBucket, .fixedWindow:
            let stored: String = try await redis.get(name) ?? "0 0"
            let numbers = stored.split(separator: " ").compactMap { Int($0) }
            return (policy.algorithm == .tokenBucket ? numbers.first : numbers.last) ?? 0
        }
    }
}

/// - Parameter patience: how long a check may wait for Redis. Long where Redis is healthy, since a busy machine may make it
///   late without anything being wrong; short where its failure is the matter.
func withFleet<Value>(
    of count: Int = 3, policies: [RateLimitPolicy] = [], patience: Duration = .seconds(10),
    durability: EmbeddedRedis.Durability = .everySecond, _ body: (Fleet) async throws -> Value
) async throws -> Value {
    try await withRedis(durability: durability) { server, redis in
        var configuration = try RedisConfiguration(url: server.url)
        configuration.deadline = patience
        let clients = (0..<count).map { [configuration] _ in RedisClient(configuration) }
        let limiters = clients.map { client in
            var configuration = RateLimiter.Configuration()
            configuration.redisDeadline = patience
            configuration.policies = policies
            return RateLimiter(redis: client, configuration: configuration)
        }
        let running = limiters.map { limiter in Task { try await limiter.run() } }
        func end() async {
            for task in running { task.cancel() }
            for client in clients { await client.close() }
            for task in running { _ = await task.result }
        }
        do {
            let fleet = Fleet(server: server, limiters: limiters, redis: redis)
            try await fleet.becomesReady()
            let value = try await body(fleet)
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }
}

/// What callers were told, gathered from many tasks.
actor Tally {
    private(set) var decisions: [RateLimitDecision] = []

    func record(_ decision: RateLimitDecision) { decisions.append(decision) }

    func admitted(by decider: RateLimitDecision.Decider) -> Int {
        decisions.count { $0.isWithinLimit && $0.decidedBy == decider }
    }
}

/// Loops in several tasks until a body is done.
func whileRunning<Value>(
    tasks: Int = 1, _ loop: @escaping @Sendable (Int) async throws -> Void, _ body: () async throws -> Value
) async throws -> Value {
    let loops = (0..<tasks).map { number in
        Task {
            while !Task.isCancelled { try await loop(number) }
        }
    }
    func end() async throws {
        for task in loops { task.cancel() }
        for task in loops { _ = try? await task.value }
    }
    do {
        let value = try await body()
        try await end()
        return value
    } catch {
        try await end()
        throw error
    }
}

/// Redis' own clock, microseconds.
func wallClock() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
}
