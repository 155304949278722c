import Redis

/// How far fan-out is behind posting.
public struct QueueLag: Sendable, Hashable {
    /// Posts that are not yet brought to all readers, those under way among them.
    public let waiting: Int
    /// How long the oldest of them has been there.
    public let oldestAge: Duration
}

extension NewsFeed {
    /// How far fan-out is behind posting.
    public func queueLag() async throws(NewsFeedError) -> QueueLag {
        let replies = try await replies(to: [
            RedisCommand("XLEN", NewsFeedKeys.queue, isIdempotent: true),
            RedisCommand("XRANGE", NewsFeedKeys.queue, "-", "+", "COUNT", 1, isIdempotent: true),
        ])
        let now = try await redisTime() / 1000
        do {
            let waiting: Int = try replies[0].decode()
            let oldest = try QueueEntry.entries(replies[1]).first.flatMap { Int($0.identifier.prefix { $0 != "-" }) }
            let lag = QueueLag(waiting: waiting, oldestAge: .milliseconds(oldest.map { max(0, now - $0) } ?? 0))
            metrics.note(lag)
            return lag
        } catch {
            throw .redis(error)
        }
    }
}
