import NewsFeed
import Redis
import ServiceKit

extension HealthChecks {
    /// Redis answers, posts are accepted and announced, and what is queued gets on.
    static func ofFeed(_ feed: NewsFeed, redis: RedisClient) -> HealthChecks {
        HealthChecks(
            [
                ("redis", { try await redis.check() }),
                ("feed", { try await feed.check() }),
            ],
            reports: [("queue", { try await feed.queueReport() })])
    }
}

extension NewsFeed {
    fileprivate func check() async throws {
        do { try await probe() } catch { throw HealthFailure(error.description) }
    }

    /// How far fan-out is behind.
    /// - Throws: `HealthFailure` when posts are queued and nobody, in any process, takes them.
    fileprivate func queueReport() async throws -> JSONText {
        let lag: QueueLag
        do { lag = try await queueLag() } catch { throw HealthFailure(error.description) }
        let milliseconds = Int(lag.oldestAge / .milliseconds(1))
        guard !lag.isStalled else {
            throw HealthFailure(
                "\(lag.waiting) waiting, the oldest for \(milliseconds / 1000) s, and no worker brings them to readers")
        }
        return .object([("waiting", .integer(lag.waiting)), ("oldestAgeMs", .integer(milliseconds))])
    }
}
