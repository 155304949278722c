import Redis
import Synchronization

/// What became of the commands of many tasks.
final class Tally: Sendable {
    struct Counts: Sendable {
        var acknowledged = 0
        /// They may have been executed.
        var ambiguous = 0
        var notSent = 0
        var codes: Set<RedisError.Code> = []
    }
    private let state = Mutex(Counts())
    private let stopped = Atomic<Bool>(false)

    var counts: Counts { state.withLock { $0 } }
    var isStopped: Bool { stopped.load(ordering: .relaxed) }
    func stop() { stopped.store(true, ordering: .relaxed) }

    func note(_ result: Result<RedisValue, RedisError>) {
        state.withLock { counts in
            switch result {
            case .success: counts.acknowledged += 1
            case .failure(let error):
                counts.codes.insert(error.code)
                if error.execution == .notSent { counts.notSent += 1 } else { counts.ambiguous += 1 }
            }
        }
    }
}

extension RedisCommands {
    func result(of command: RedisCommand, deadline: Duration? = nil) async -> Result<RedisValue, RedisError> {
        do throws(RedisError) {
            return .success(try await send(command, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    /// The error of a command that is expected to fail.
    func failure(of command: RedisCommand, deadline: Duration? = nil) async -> RedisError? {
        if case .failure(let error) = await result(of: command, deadline: deadline) { error } else { nil }
    }

    /// Repeats a command in many tasks until the tally is stopped, while `body` runs.
    func load(
        _ command: RedisCommand, tasks: Int, tally: Tally, isolation: isolated (any Actor)? = #isolation,
        while body: () async throws -> Void
    ) async throws {
        let workers = (0..<tasks).map { _ in
            Task {
                while !tally.isStopped {
                    let result = await self.result(of: command)
                    tally.note(result)
                    // Who is refused at once does not ask again at once.
                    if case .failure = result { try? await Task.sleep(for: .milliseconds(2)) }
                }
            }
        }
        do {
            try await body()
        } catch {
            tally.stop()
            throw error
        }
        tally.stop()
        for worker in workers { await worker.value }
    }
}
