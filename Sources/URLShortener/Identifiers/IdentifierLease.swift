import Redis

/// Asks for blocks of numbers that nobody else gets.
struct IdentifierLease: Sendable {
    let redis: any RedisCommands
    let deadline: Duration

    /// Left when the server may have lost numbers that were issued. Not always the same: one that comes back twice from the
    /// same copy of its data goes on elsewhere each time, also for instances that did not hear of each other in between.
    private static let gaps = (1 << 20)..<(5 << 20)

    /// - Parameters:
    ///   - count: 0 only raises the counter, and has every instance hear of it.
    ///   - floor: all below may have been issued.
    func numbers(_ count: Int, from floor: Int) async throws(URLShortenerError) -> Range<Int> {
        let first: Int
        do throws(RedisError) {
            first = try await redis.send(
                URLShortenerScripts.leaseIdentifiers.call(
                    keys: [URLShortenerKeys.counter], count, floor, Int.random(in: Self.gaps),
                    URLShortenerKeys.events, isIdempotent: true),
                deadline: deadline
            ).decode()
        } catch {
            throw .redis(error)
        }
        // Beyond that Redis' scripts cannot count.
        guard (0..<1 << 53).contains(first) else { throw .codesExhausted }
        return first..<(first + count)
    }
}
