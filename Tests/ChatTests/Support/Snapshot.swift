import Redis

/// All that lies in a Redis at a moment: what an older append-only file, or a replica that was behind, would bring back.
struct Snapshot {
    private let values: [(key: String, dump: [UInt8])]

    init(of redis: RedisClient) async throws {
        let keys: [String] = try await redis.send(RedisCommand("KEYS", "*")).decode()
        var values: [(String, [UInt8])] = []
        for key in keys { values.append((key, try await redis.send(RedisCommand("DUMP", key)).decode())) }
        self.values = values
    }

    func restore(to redis: RedisClient) async throws {
        let restoring = values.map { RedisCommand("RESTORE", $0.key, 0, $0.dump) }
        _ = try await redis.transaction([RedisCommand("FLUSHALL")] + restoring)
    }
}
