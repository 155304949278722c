import Redis

/// The clock that all instances share.
enum RedisClock {
    /// Milliseconds since 1970, of a reply to `TIME`.
    static func milliseconds(_ reply: RedisValue) throws(RideHailingError) -> Int {
        let parts: [Int]
        do { parts = try reply.decode() } catch { throw .redis(error) }
        guard parts.count == 2 else { throw .unreadableRecord }
        return parts[0] * 1000 + parts[1] / 1000
    }
}
