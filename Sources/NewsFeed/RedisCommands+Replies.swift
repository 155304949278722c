import Redis

extension RedisCommands {
    /// All replies of a pipeline, or the first error; pipelines of a thousand commands, since each waits as a whole.
    func replies(to commands: [RedisCommand], deadline: Duration) async throws(RedisError) -> [RedisValue] {
        var values: [RedisValue] = []
        values.reserveCapacity(commands.count)
        for start in stride(from: 0, to: commands.count, by: 1000) {
            let part = Array(commands[start..<min(start + 1000, commands.count)])
            for reply in await pipeline(part, deadline: deadline) { values.append(try reply.get()) }
        }
        return values
    }
}
