public import Redis
import Synchronization

/// A real Redis behind a process that is killed: one command has the fate given, and nothing works after it.
public final class FaultyRedis: RedisCommands {
    public enum Fate: Sendable, CaseIterable {
        case lostOnTheWay, answerLost
    }

    private let redis: any RedisCommands
    private let (dyingAt, fate): (Int, Fate)
    private let sent = Mutex(0)

    public init(_ redis: any RedisCommands, diesAt number: Int, _ fate: Fate) {
        (self.redis, dyingAt, self.fate) = (redis, number, fate)
    }

    /// How many commands were asked for.
    public var commands: Int { sent.withLock { $0 } }
    public var isDead: Bool { commands > dyingAt }

    public func send(_ command: RedisCommand, deadline: Duration?) async throws(RedisError) -> RedisValue {
        try await pipeline([command], deadline: deadline)[0].get()
    }

    public func pipeline(_ commands: [RedisCommand], deadline: Duration?) async -> [Result<RedisValue, RedisError>] {
        let first = sent.withLock { sent in
            defer { sent += commands.count }
            return sent
        }
        let answered = max(0, min(commands.count, dyingAt - first))
        let isLast = first <= dyingAt && dyingAt < first + commands.count
        let executed = answered + (isLast && fate == .answerLost ? 1 : 0)
        var replies: [Result<RedisValue, RedisError>] = []
        if executed > 0 { replies = await redis.pipeline(Array(commands.prefix(executed)), deadline: deadline) }
        return replies.prefix(answered)
            + commands.dropFirst(answered).map { command in
                .failure(
                    RedisError(.connectionLost, execution: .mayHaveBeenExecuted, command: command.name, message: "killed"))
            }
    }
}
