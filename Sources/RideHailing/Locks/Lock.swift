public import Redis

/// What someone has who has a lock.
public struct LockHold: Sendable, Hashable {
    /// Larger than that of every holder before. Hand it to whatever the lock protects, which refuses a smaller one than it has seen:
    /// that alone keeps out a holder who was paused past his time and does not know it.
    public let token: Int
    let name: String
    let holder: String
}

/// A lock for what lies outside Redis, on one Redis.
///
/// A lock that ends by itself is a hint of who should work, no proof of who does: a holder may be paused past its end, by his
/// machine or his network, and go on. Where two at once would do harm, check the ``LockHold/token``. A Redis that is killed may have
/// forgotten the last second (with `appendfsync everysec`), and a replica that takes over more: then a lock is given twice, and a
/// token may be, too. Rides need no lock: their scripts check and write in one step.
public struct Lock: Sendable {
    private let redis: any RedisCommands

    public init(redis: RedisClient) { self.redis = redis }

    init(commands: any RedisCommands) { redis = commands }

    /// Takes it, if nobody has it.
    /// - Returns: nil: another has it.
    /// - Throws: ``RedisError``. It may be held then, by nobody, until its time is over.
    public func acquire(_ name: String, for duration: Duration) async throws(RedisError) -> LockHold? {
        let holder = Identifier.random()
        let token: Int = try await redis.send(Self.acquisition(of: name, by: holder, for: duration)).decode()
        return token > 0 ? LockHold(token: token, name: name, holder: holder) : nil
    }

    /// Keeps it, for so long from now on.
    /// - Returns: false: it is his no more.
    public func extend(_ hold: LockHold, for duration: Duration) async throws(RedisError) -> Bool {
        try await redis.send(Self.extension(of: hold.name, by: hold.holder, for: duration)).decode()
    }

    /// Gives it back; nothing happens when it is his no more.
    @discardableResult
    public func release(_ hold: LockHold) async throws(RedisError) -> Bool {
        try await redis.send(Self.extension(of: hold.name, by: hold.holder, for: .zero)).decode()
    }

    static func acquisition(of name: String, by holder: String, for duration: Duration) -> RedisCommand {
        RideHailingScripts.acquireLock.call(keys: keys(of: name), holder, max(1, duration.milliseconds))
    }

    static func `extension`(of name: String, by holder: String, for duration: Duration) -> RedisCommand {
        RideHailingScripts.extendLock.call(
            keys: [keys(of: name)[0]], holder, duration == .zero ? 0 : max(1, duration.milliseconds), isIdempotent: true)
    }

    /// The lock, and its last token, which has no end.
    static func keys(of name: String) -> [String] {
        ["ride-hailing:lock:{\(name)}", "ride-hailing:lock:{\(name)}:token"]
    }
}
