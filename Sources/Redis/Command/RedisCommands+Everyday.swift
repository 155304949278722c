/// Typed forms of the commands of every day. Everything else goes through ``RedisCommands/send(_:deadline:)``.
extension RedisCommands {
    /// `PING`.
    public func ping() async throws(RedisError) {
        _ = try await send(RedisCommand("PING", isIdempotent: true))
    }

    /// `GET`: the value, or nil when there is no such key.
    public func get<Value: RedisDecodable>(_ key: String, as type: Value.Type = Value.self) async throws(RedisError) -> Value? {
        try await send(RedisCommand("GET", key, isIdempotent: true)).decode()
    }

    /// `SET`. Not sent again after a loss: it could undo what another caller has set meanwhile.
    public func set(_ key: String, to value: some RedisArgument) async throws(RedisError) {
        _ = try await send(RedisCommand("SET", key, value))
    }

    /// `DEL`: how many of the keys existed.
    @discardableResult
    public func delete(_ keys: [String]) async throws(RedisError) -> Int {
        guard !keys.isEmpty else { return 0 }
        return try await send(RedisCommand("DEL", arguments: keys)).decode()
    }

    /// `INCRBY`: the value after.
    @discardableResult
    public func increment(_ key: String, by amount: Int = 1) async throws(RedisError) -> Int {
        try await send(RedisCommand("INCRBY", key, amount)).decode()
    }

    /// `PUBLISH`: how many subscribers of this node received it.
    @discardableResult
    public func publish(_ message: some RedisArgument, to channel: String) async throws(RedisError) -> Int {
        try await send(RedisCommand("PUBLISH", channel, message)).decode()
    }

    /// Calls a script.
    public func evaluate<each Argument: RedisArgument>(
        _ script: RedisScript, keys: [String], _ arguments: repeat each Argument
    ) async throws(RedisError) -> RedisValue {
        try await send(script.call(keys: keys, repeat each arguments))
    }
}
