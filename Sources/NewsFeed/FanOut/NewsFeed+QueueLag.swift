import Redis

extension NewsFeed {
    /// How far fan-out is behind posting.
    public func queueLag() async throws(NewsFeedError) -> QueueLag {
        let replies = try await replies(to: [
            RedisCommand("XLEN", NewsFeedKeys.queue, isIdempotent: true),
            RedisCommand("XRANGE", NewsFeedKeys.queue, "-", "+", "COUNT", 1, isIdempotent: true),
        ])
        let now = try await redisTime() / 1000
        let waiting: Int
        let oldest: String?
        do {
            waiting = try replies[0].decode()
            oldest = try QueueEntry.entries(replies[1]).first?.identifier
        } catch {
            throw .redis(error)
        }
        let queuedAt = oldest.flatMap { Int($0.prefix { $0 != "-" }) }
        let age = Duration.milliseconds(queuedAt.map { max(0, now - $0) } ?? 0)
        var isStalled = false
        if let oldest, age > stalledAfter { isStalled = try await !isWorkedOn(oldest) }
        let lag = QueueLag(waiting: waiting, oldestAge: age, isStalled: isStalled)
        metrics.note(lag)
        return lag
    }

    /// Who works on a job says so far more often, and what a lost worker has left is taken over by then.
    private var stalledAfter: Duration { configuration.claimAfter * 2 }

    private func isWorkedOn(_ entry: String) async throws(NewsFeedError) -> Bool {
        let reply: RedisValue
        do {
            reply = try await redis.send(
                RedisCommand("XPENDING", NewsFeedKeys.queue, NewsFeedKeys.group, entry, entry, 1, isIdempotent: true),
                deadline: configuration.redisDeadline)
        } catch {
            // No worker has ever been there.
            if error.reply?.kind == "NOGROUP" { return false }
            throw .redis(error)
        }
        let rows: [[RedisValue]] = try decode(reply)
        guard let row = rows.first, row.count > 2 else { return false }
        return .milliseconds(try decode(row[2], as: Int.self)) < stalledAfter
    }
}
