import Redis

@testable import RateLimiter

/// One call of an algorithm's script at an explicit time.
struct ScriptStep {
    var policy: RateLimitPolicy
    var cost: Int
    var now: Int
    var take = true
}

struct ScriptAnswer {
    let outcome: RateLimitOutcome
    /// Milliseconds that the key has still to live: -2 without a key, -1 when it would live for ever.
    let timeToLive: Int
}

/// Calls the scripts as any Redis client can.
struct ScriptRunner {
    let redis: any RedisCommands

    /// Makes the scripts known, so that a pipeline does not meet a server that has to be sent the source.
    init(_ redis: any RedisCommands) async throws {
        self.redis = redis
        for script in RateLimitPolicy.Algorithm.allCases.map(RateLimiterScripts.script) + [RateLimiterScripts.checkAll] {
            _ = try await redis.send(RedisCommand("SCRIPT", "LOAD", script.source))
        }
    }

    /// Runs steps one after the other on one key.
    ///
    /// Explicit times may stand still while the key's life goes by, so after each step the key is made to last: the next
    /// step finds it as long as the explicit time says.
    func run(_ steps: [ScriptStep], on key: String) async throws -> [ScriptAnswer] {
        var answers: [ScriptAnswer] = []
        for start in stride(from: 0, to: steps.count, by: 100) {
            let part = steps[start..<min(start + 100, steps.count)]
            let commands = part.flatMap { step in
                [
                    RedisCommand("MULTI"), call(step, on: key), RedisCommand("PTTL", key), RedisCommand("PERSIST", key),
                    RedisCommand("EXEC"),
                ]
            }
            let replies = await redis.pipeline(commands, deadline: .seconds(60))
            for index in stride(from: 4, to: replies.count, by: 5) {
                guard case .array(let parts) = try replies[index].get(), parts.count == 3 else { throw Unexpected() }
                guard let outcome = RateLimitOutcome(reply: parts[0]) else { throw Unexpected(reply: parts[0]) }
                answers.append(ScriptAnswer(outcome: outcome, timeToLive: try parts[1].decode()))
            }
        }
        return answers
    }

    func run(_ step: ScriptStep, on key: String) async throws -> RateLimitOutcome {
        let reply = try await redis.send(call(step, on: key))
        guard let outcome = RateLimitOutcome(reply: reply) else { throw Unexpected(reply: reply) }
        return outcome
    }

    func call(_ step: ScriptStep, on key: String) -> RedisCommand {
        let policy = step.policy
        return RateLimiterScripts.script(of: policy.algorithm).call(
            keys: [key], policy.capacity, policy.refillTokens, policy.refillPeriodMicroseconds, step.cost, step.now,
            step.take ? "take" : "look")
    }

    struct Unexpected: Error {
        var reply: RedisValue?
    }
}

extension RedisCommands {
    func keyCount() async throws -> Int {
        try await send(RedisCommand("DBSIZE")).decode()
    }
}
