public import Redis

/// A lock by majority on several independent Redis servers: it can be had while fewer than half of them are gone.
///
/// What it cannot give, and no lock with an end can: that the holder still has it while he works. He may be paused past its end, and
/// the servers' clocks may run at different speeds or jump. So it gives tokens too. A holder's token is the largest that a majority
/// gave, and is written back to a majority before he has the lock; the next majority has a server in common with it, so the next token
/// is larger. That holds as long as no server forgets: one that comes back empty, or without its last second, breaks it, and so may two
/// holders at once. Servers that keep everything (`appendfsync always`) do not forget; one that was lost should stay away for longer
/// than any lock lasts, and have its tokens raised. Where that is too much to ask, use ``Lock`` and a checked token, or a system made for
/// consensus.
public struct RedlockLock: Sendable {
    private let servers: [any RedisCommands]
    private let deadline: Duration

    /// - Parameters:
    ///   - servers: independent ones, an odd number, not replicas of each other.
    ///   - deadline: how long a server may take. Short against the time of a lock.
    public init(servers: [RedisClient], deadline: Duration = .milliseconds(50)) {
        self.init(commands: servers, deadline: deadline)
    }

    init(commands: [any RedisCommands], deadline: Duration) {
        (servers, self.deadline) = (commands, deadline)
    }

    private var majority: Int { servers.count / 2 + 1 }

    /// Takes it, if a majority gives it in time.
    /// - Returns: nil: others have it, or too few servers have answered. What was taken is given back.
    public func acquire(_ name: String, for duration: Duration) async -> LockHold? {
        let holder = Identifier.random()
        let begin = ContinuousClock.now
        let tokens = await onAll(Lock.acquisition(of: name, by: holder, for: duration)).map { $0 ?? 0 }
        let token = tokens.max() ?? 0
        let hold = LockHold(token: token, name: name, holder: holder)
        if tokens.count(where: { $0 > 0 }) >= majority {
            let raising = RideHailingScripts.raiseToken.call(keys: Lock.keys(of: name), holder, token, isIdempotent: true)
            let raised = await onAll(raising).count { $0 == 1 }
            if raised >= majority, ContinuousClock.now - begin < duration - drift(of: duration) { return hold }
        }
        await release(hold)
        return nil
    }

    /// Keeps it, for so long from now on.
    /// - Returns: false: it may be another's by now.
    public func extend(_ hold: LockHold, for duration: Duration) async -> Bool {
        let begin = ContinuousClock.now
        let extended = await onAll(Lock.extension(of: hold.name, by: hold.holder, for: duration)).count { $0 == 1 }
        return extended >= majority && ContinuousClock.now - begin < duration - drift(of: duration)
    }

    /// Gives it back, on every server that answers.
    public func release(_ hold: LockHold) async {
        _ = await onAll(Lock.extension(of: hold.name, by: hold.holder, for: .zero))
    }

    /// By so much clocks may differ while a lock lasts.
    private func drift(of duration: Duration) -> Duration { duration / 100 + .milliseconds(2) }

    private func onAll(_ command: RedisCommand) async -> [Int?] {
        await withTaskGroup { group in
            for server in servers {
                group.addTask { try? await server.send(command, deadline: deadline).decode(as: Int.self) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
