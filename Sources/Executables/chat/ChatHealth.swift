import Chat
import Redis
import ServiceKit

extension HealthChecks {
    /// Redis answers, and what is sent reaches those who are connected.
    static func ofChat(_ chat: Chat, redis: RedisClient) -> HealthChecks {
        HealthChecks([
            ("redis", { try await redis.check() }),
            ("delivery", { try await chat.check() }),
        ])
    }
}

extension Chat {
    fileprivate func check() async throws {
        do { try await probe() } catch { throw HealthFailure(error.description) }
    }
}
