import struct Foundation.Data
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder
import Logging
import Redis

/// The policies in Redis: one hash of JSON texts by name, and a revision that every change raises, and an
/// epoch that ends when Redis loses everything.
struct PolicyStore: Sendable {
    let redis: any RedisCommands
    let logger: Logger

    /// What instances tell each other after a change.
    static let changed = "policies"

    /// What Redis held at one moment.
    struct Content {
        var policies: [RateLimitPolicy]
        var revision: String?
        var epoch: String?
    }

    /// A text that is no policy is left out and logged.
    func load() async throws(RedisError) -> Content {
        let replies = try await redis.transaction([
            RedisCommand("HGETALL", RateLimiterKeys.policies), RedisCommand("GET", RateLimiterKeys.revision),
            RedisCommand("GET", RateLimiterKeys.epoch),
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
        return Content(policies: policies, revision: try replies[1].decode(), epoch: try replies[2].decode())
    }

    /// Writes policies, all at once, unless that was done in this epoch already: the time since Redis last lost everything.
    /// - Parameter epoch: in which these were written last; nil: never.
    /// - Returns: the epoch.
    func seed(_ policies: [RateLimitPolicy], unlessIn epoch: String?) async throws(RedisError) -> String {
        var arguments: [any RedisArgument] = [
            String(UInt64.random(in: .min ... .max), radix: 36), Int.random(in: 1...1 << 52), epoch ?? "", RateLimiterKeys.events,
            Self.changed,
        ]
        for policy in policies { arguments += [policy.name, Self.json(of: policy)] as [any RedisArgument] }
        return try await redis.send(
            RateLimiterScripts.seedPolicies.call(
                keys: [RateLimiterKeys.policies, RateLimiterKeys.revision, RateLimiterKeys.epoch], arguments: arguments,
                isIdempotent: true)
        ).decode()
    }

    /// - Returns: true when there was none of that name.
    func put(_ policy: RateLimitPolicy) async throws(RedisError) -> Bool {
        try await redis.send(
            RateLimiterScripts.putPolicy.call(
                keys: [RateLimiterKeys.policies, RateLimiterKeys.revision], policy.name, Self.json(of: policy),
                RateLimiterKeys.events, Self.changed, isIdempotent: true)
        ).decode()
    }

    private static func json(of policy: RateLimitPolicy) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let json = try? encoder.encode(policy) else {
            preconditionFailure("a policy has only strings, integers and a truth value")
        }
        return Array(json)
    }

    /// - Returns: false when there was none of that name.
    func delete(_ name: String) async throws(RedisError) -> Bool {
        try await redis.send(
            RateLimiterScripts.deletePolicy.call(
                keys: [RateLimiterKeys.policies, RateLimiterKeys.revision], name, RateLimiterKeys.events, Self.changed)
        ).decode()
    }
}
