import Redis
import Synchronization
import TestSupport

/// A real Redis behind a process that is killed at one of its commands: nothing works after it.
final class MortalRedis: RedisCommands {
    enum LastCommand: CaseIterable {
        case lost, executed
    }

    private let redis: RedisClient
    /// What it is to be dead: a client that was closed.
    private let grave: RedisClient
    private let (dyingAt, last): (Int, LastCommand)
    private let asked = Mutex(0)

    init(_ redis: RedisClient, grave: RedisClient, diesAt number: Int, _ last: LastCommand) {
        (self.redis, self.grave, dyingAt, self.last) = (redis, grave, number, last)
    }

    var isDead: Bool { asked.withLock { $0 > dyingAt } }

    func send(_ command: RedisCommand, deadline: Duration?) async throws(RedisError) -> RedisValue {
        try await pipeline([command], deadline: deadline)[0].get()
    }

    func pipeline(_ commands: [RedisCommand], deadline: Duration?) async -> [Result<RedisValue, RedisError>] {
        let first = asked.withLock { asked in
            defer { asked += commands.count }
            return asked
        }
        let answered = max(0, min(commands.count, dyingAt - first))
        let isLast = first <= dyingAt && dyingAt < first + commands.count
        let executed = answered + (isLast && last == .executed ? 1 : 0)
        let replies = await redis.pipeline(Array(commands.prefix(executed)), deadline: deadline).prefix(answered)
        return replies + (await grave.pipeline(Array(commands.dropFirst(answered)), deadline: deadline))
    }
}

/// Runs a body with a client that was closed.
func withGrave(of fleet: Fleet, _ body: (RedisClient) async throws -> Void) async throws {
    try await withClient(of: fleet.server) { client in
        await client.close()
        try await body(client)
    }
}
