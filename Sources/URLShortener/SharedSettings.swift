import Redis

/// What all instances share for ever: written once, by whichever comes first, and read by all.
struct SharedSettings: Sendable, Equatable {
    /// The key of the codes: 16 random bytes in hexadecimal.
    let cipherKey: RandomKey

    static func random() -> SharedSettings {
        SharedSettings(cipherKey: .random())
    }

    /// Writes what is not there yet, and reads what is.
    /// - Parameter own: what this instance works with. A Redis that has lost everything gets it back, so that codes go on as
    ///   they were.
    static func share(_ own: SharedSettings, on redis: any RedisCommands, deadline: Duration) async throws(URLShortenerError)
        -> SharedSettings
    {
        let (name, field) = (URLShortenerKeys.settings, "cipherKey")
        let replies = await redis.pipeline(
            [RedisCommand("HSETNX", name, field, own.cipherKey.hexadecimal), RedisCommand("HGET", name, field)],
            deadline: deadline)
        let stored: [UInt8]
        do throws(RedisError) {
            for reply in replies { _ = try reply.get() }
            stored = try replies[1].get().decode()
        } catch {
            throw .redis(error)
        }
        guard let key = RandomKey(hexadecimal: stored) else { throw .unreadableSettings }
        return SharedSettings(cipherKey: key)
    }
}
