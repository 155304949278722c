import Redis
import Synchronization

/// Counts what goes through it: requests, and their bytes.
final class CountingRedis: RedisCommands {
    struct Count: Sendable, Hashable {
        var commands = 0
        var bytes = 0

        static func - (left: Count, right: Count) -> Count {
            Count(commands: left.commands - right.commands, bytes: left.bytes - right.bytes)
        }

        static func += (left: inout Count, right: Count) {
            left.commands += right.commands
            left.bytes += right.bytes
        }
    }

    private let redis: RedisClient
    private let state = Mutex(Count())

    init(_ redis: RedisClient) { self.redis = redis }

    var count: Count { state.withLock { $0 } }

    func pipeline(_ commands: [RedisCommand], deadline: Duration?) async -> [Result<RedisValue, RedisError>] {
        note(commands)
        return await redis.pipeline(commands, deadline: deadline)
    }

    func send(_ command: RedisCommand, deadline: Duration?) async throws(RedisError) -> RedisValue {
        note([command])
        return try await redis.send(command, deadline: deadline)
    }

    private func note(_ commands: [RedisCommand]) {
        let added = Count(commands: commands.count, bytes: commands.reduce(0) { $0 + $1.encodedLength })
        state.withLock { $0 += added }
    }
}
