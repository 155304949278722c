import Redis

/// Tells visitors apart without keeping who they are: a keyed hash of address and user agent.
///
/// The key is random, lies in Redis and is the same for all instances. Who has it can find out whether a known address with
/// a known user agent was here; without it the hashes are random numbers. Stored for long is only what a HyperLogLog keeps of them.
struct VisitorHash: Sendable {
    private let hash: SipHash
    /// User agents differ before that; a longer one is somebody who plays.
    private static let maximumLength = 512

    /// - Parameter key: 16 random bytes, as two numbers.
    init(key: (UInt64, UInt64)) {
        hash = SipHash(key: key)
    }

    /// With the key of all instances, which is made when there is none.
    static func load(from redis: any RedisCommands) async throws(RedisError) -> VisitorHash {
        let fresh = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined(separator: " ")
        let replies = await redis.pipeline([
            RedisCommand("HSETNX", URLShortenerKeys.settings, VisitKeys.visitorKey, fresh),
            RedisCommand("HGET", URLShortenerKeys.settings, VisitKeys.visitorKey),
        ])
        return VisitorHash(secret: try replies[1].get().decode())
    }

    /// Any text makes a key.
    init(secret: String) {
        let hash = VisitorHash(key: (0, 0))
        self.init(key: (hash.hash(address: secret, userAgent: "0"), hash.hash(address: secret, userAgent: "1")))
    }

    /// - Parameter address: without the port.
    func hash(address: String, userAgent: String) -> UInt64 {
        var chained = hash.hash(0)
        absorb(address, into: &chained)
        absorb(userAgent, into: &chained)
        return chained
    }

    /// Words of eight bytes, seven at a time, each seven hashed together with the hash of all before and, so that nothing
    /// runs into what follows, with the length.
    private func absorb(_ text: String, into chained: inout UInt64) {
        var text = text
        chained = text.withUTF8 { bytes in
            let count = min(bytes.count, Self.maximumLength)
            func word(_ index: Int) -> UInt64 {
                var word: UInt64 = 0
                for position in 8 * index..<max(8 * index, min(8 * index + 8, count)) {
                    word = word << 8 | UInt64(bytes[position])
                }
                return word
            }
            var digest = hash.hash(chained, UInt64(count))
            for first in stride(from: 0, to: (count + 7) / 8, by: 7) {
                digest = hash.hash(
                    digest, word(first), word(first + 1), word(first + 2), word(first + 3), word(first + 4), word(first + 5),
                    word(first + 6))
            }
            return digest
        }
    }
}
