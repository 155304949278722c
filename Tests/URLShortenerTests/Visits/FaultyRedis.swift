@testable import Redis
import Synchronization

/// A real Redis behind a line that fails: before the server has got a command, or before its answer is back.
final class FaultyRedis: RedisCommands {
    enum Fate: CaseIterable {
        case works, lostOnTheWay, answerLost
    }

    private struct State {
        var commands = 0
        var losses = 0
    }
    private let redis: any RedisCommands
    private let fate: @Sendable (Int) -> Fate
    private let state = Mutex(State())

    /// - Parameter fate: of each command, by its number, from 0.
    init(_ redis: any RedisCommands, fate: @escaping @Sendable (Int) -> Fate) {
        (self.redis, self.fate) = (redis, fate)
    }

    /// Like a process that is killed: one command has the fate given, and nothing works after it.
    convenience init(_ redis: any RedisCommands, diesAt number: Int, _ fate: Fate) {
        self.init(redis) { $0 < number ? .works : $0 == number ? fate : .lostOnTheWay }
    }

    var losses: Int { state.withLock { $0.losses } }
    var commands: Int { state.withLock { $0.commands } }

    func send(_ command: RedisCommand, deadline: Duration?) async throws(RedisError) -> RedisValue {
        let number = state.withLock { state in
            state.commands += 1
            return state.commands - 1
        }
        let fate = fate(number)
        if fate == .works {
            do throws(RedisError) {
                return try await redis.send(command, deadline: deadline)
            } catch {
                state.withLock { $0.losses += 1 }
                throw error
            }
        }
        if fate == .answerLost { _ = try await redis.send(command, deadline: deadline) }
        state.withLock { $0.losses += 1 }
        throw RedisError(
            .connectionLost, execution: fate == .answerLost ? .mayHaveBeenExecuted : .notSent, command: command.name,
            message: "the line is broken")
    }

    func pipeline(_ commands: [RedisCommand], deadline: Duration?) async -> [Result<RedisValue, RedisError>] {
        await redis.pipeline(commands, deadline: deadline)
    }
}
