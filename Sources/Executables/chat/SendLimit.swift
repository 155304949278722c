import Chat
import Logging
import RateLimiter
import Redis
import ServiceKit

/// `--send-limit`: how many messages each user may send, over all connections and servers.
struct SendLimit: Sendable {
    let limiter: RateLimiter
    private let policy: RateLimitPolicy

    private static let periodMs = 1_000
    private static let range = 1...1_000_000

    /// - Parameter text: `20:10`: 20 at once, 10 a second.
    /// - Returns: nil for `off`.
    /// - Throws: `UsageError`.
    static func policy(_ text: String) throws -> RateLimitPolicy? {
        guard text != "off" else { return nil }
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let burst = numbers[0], let rate = numbers[1], range.contains(burst), range.contains(rate)
        else {
            throw UsageError(
                "--send-limit is \(text); it is off, or two numbers from 1 to \(range.upperBound): 20:10 are 20 at once, 10 a second."
            )
        }
        // In the name too: servers with different limits share no bucket.
        return try RateLimitPolicy(
            name: "chat.send.\(burst)-\(rate)", capacity: burst, refillTokens: rate, refillPeriodMs: periodMs)
    }

    init(_ policy: RateLimitPolicy, redis: RedisClient, logger: Logger) {
        self.policy = policy
        var configuration = RateLimiter.Configuration()
        configuration.policies = [policy]
        limiter = RateLimiter(redis: redis, configuration: configuration, logger: logger)
    }

    /// - Returns: nil: the user may send a message now; otherwise in how many milliseconds he may.
    @Sendable func check(_ user: UserName) async -> Int? {
        let check = RateLimitCheck(policy: policy.name, key: "user:\(user.text)")
        var decision = try? await limiter.check(check)
        if decision == nil {
            // Somebody has deleted the policy.
            _ = try? await limiter.put(policy)
            decision = try? await limiter.check(check)
        }
        guard let decision, !decision.allowed else { return nil }
        return max(1, ((decision.retryAfterMicroseconds ?? 0) + 999) / 1_000)
    }
}
