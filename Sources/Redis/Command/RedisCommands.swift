/// What the systems are written against: something that executes commands.
///
/// ``RedisClient`` spreads commands over its connections; ``RedisConnection`` is one of them. A client for a cluster
/// will be a third conformer.
public protocol RedisCommands: Sendable {
    /// Sends commands one behind the other, with nothing of others between them on their connection, and waits for all
    /// replies. Each has a result of its own, in the order given.
    ///
    /// - Parameter deadline: how long to wait for the replies; nil: what the client is configured with. A command whose
    ///   reply comes later is abandoned: its reply is read and dropped, the connection lives on.
    func pipeline(_ commands: [RedisCommand], deadline: Duration?) async -> [Result<RedisValue, RedisError>]

    /// Sends one command and waits for its reply.
    /// - Throws: ``RedisError``; an error reply of the server is thrown too. When the calling task is cancelled only
    ///   this wait ends, with ``RedisError/Code/cancelled``.
    func send(_ command: RedisCommand, deadline: Duration?) async throws(RedisError) -> RedisValue
}

extension RedisCommands {
    public func pipeline(_ commands: [RedisCommand]) async -> [Result<RedisValue, RedisError>] {
        await pipeline(commands, deadline: nil)
    }

    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await send(command, deadline: nil)
    }

    /// Runs commands as one transaction (`MULTI` … `EXEC`): all of them or none, with nothing between them.
    ///
    /// A command that fails while the others run (such as `INCR` of a text) does not undo the others, as ever in Redis:
    /// its place in the result holds ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError/Code/transactionAborted`` when the server refused a command and so ran none.
    public func transaction(_ commands: [RedisCommand], deadline: Duration? = nil) async throws(RedisError) -> [RedisValue] {
        let results = await pipeline([RedisCommand("MULTI")] + commands + [RedisCommand("EXEC")], deadline: deadline)
        let executed: RedisValue
        do {
            executed = try results[results.count - 1].get()
        } catch {
            guard let reply = error.reply, reply.kind == "EXECABORT" else { throw error }
            let reason = results.lazy.compactMap { result in
                if case .failure(let refused) = result { refused } else { nil }
            }.first
            throw RedisError(
                .transactionAborted, execution: .answered, command: reason?.command ?? "EXEC",
                message: reason?.message ?? error.message)
        }
        guard case .array(let values) = executed else {
            throw RedisError(.transactionAborted, execution: .answered, command: "EXEC", message: "a watched key changed")
        }
        return values
    }
}
