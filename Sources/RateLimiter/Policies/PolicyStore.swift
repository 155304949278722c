import struct Foundation.Data
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder
import Logging
import Redis

/// The policies in Redis: one hash of JSON texts by name, and a revision that every change raises.
struct PolicyStore: Sendable {
    let redis: any RedisCommands
    let logger: Logger

    /// What instances tell each other after a change.
    static let changed = "policies"

    /// Policies and revision of one moment. A text that is no policy is left out and logged.
    func load() async throws(RedisError) -> (policies: [RateLimitPolicy], revision: String?) {
        let replies = try await redis.transaction([
            RedisCommand("HGETALL", RateLimiterKeys.policies), RedisCommand("GET", RateLimiterKeys.revision),
        ])
        let texts: [[UInt8]: [UInt8]] = try replies[0].decode()
        var policies: [RateLimitPolicy] = []
        for (name, text) in texts {
            let name = String(decoding: name, as: UTF8.self)
            do {
                let draft = try JSONDecoder().decode(RateLimitPolicy.Draft.self, from: Data(text))
                policies.append(try draft.policy(named: name))
            } catch {
                logger.error("A policy in Redis cannot be read", metadata: ["policy": "\(name)", "error": "\(error)"])
            }
        }
        return (policies, try replies[1].decode())
    }

    /// Begins the revision, if there is none, at a number of its own: when Redis has lost everything and counts up again, it
    /// never reaches one that was there before.
    func begin() async throws(RedisError) {
        _ = try await redis.send(
            RedisCommand("SET", RateLimiterKeys.revision, Int.random(in: 1...1 << 52), "NX", isIdempotent: true))
    }

    /// - Returns: true when there was none of that name.
    func put(_ policy: RateLimitPolicy) async throws(RedisError) -> Bool {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let json = try? encoder.encode(policy) else {
            preconditionFailure("a policy has only strings, integers and a truth value")
        }
        return try await redis.send(
            RateLimiterScripts.putPolicy.call(
                keys: [RateLimiterKeys.policies, RateLimiterKeys.revision], policy.name, Array(json), RateLimiterKeys.events,
                Self.changed, isIdempotent: true)
        ).decode()
    }

    /// - Returns: false when there was none of that name.
    func delete(_ name: String) async throws(RedisError) -> Bool {
        try await redis.send(
            RateLimiterScripts.deletePolicy.call(
                keys: [RateLimiterKeys.policies, RateLimiterKeys.revision], name, RateLimiterKeys.events, Self.changed)
        ).decode()
    }
}
