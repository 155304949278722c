import Redis

/// Reads what has been counted.
struct VisitStatistics: Sendable {
    let redis: any RedisCommands

    /// Of a link that nobody has visited, or that does not exist: zeros. One round trip.
    func statistics(of code: String) async throws(RedisError) -> LinkStatistics {
        let replies = await redis.pipeline([
            RedisCommand("HGETALL", VisitKeys.statistics(of: code), isIdempotent: true),
            RedisCommand("PFCOUNT", VisitKeys.visitors(of: code), isIdempotent: true),
        ])
        let counters: [String: String] = try replies[0].get().decode()
        return LinkStatistics(counters: counters, visitors: try replies[1].get().decode())
    }
}
