import Crypto
import Redis

/// What makes fares ours: with it nobody but the instances that share it can make or change one.
struct Authenticator: Sendable {
    private let key: String

    /// A random key, until that of all instances is known.
    init() { key = Self.hexadecimal((0..<32).map { _ in UInt8.random(in: .min ... .max) }) }

    private init(key: String) { self.key = key }

    func authenticator(of texts: [String]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Array(key.utf8)))
        for text in texts { code.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        return Self.hexadecimal(code.finalize())
    }

    func isValid(_ authenticator: String, of texts: [String]) -> Bool {
        let expected = self.authenticator(of: texts)
        return zip(expected.utf8, authenticator.utf8).reduce(expected.utf8.count ^ authenticator.utf8.count) {
            $0 | Int($1.0 ^ $1.1)
        } == 0
    }

    /// Writes what is not there yet, and reads what is. A Redis that has lost everything gets it back.
    func shared(on redis: any RedisCommands, deadline: Duration) async throws(RideHailingError) -> Authenticator {
        let replies = await redis.pipeline(
            [
                RedisCommand("HSETNX", RideHailingKeys.settings, "fareKey", key, isIdempotent: true),
                RedisCommand("HGET", RideHailingKeys.settings, "fareKey", isIdempotent: true),
            ], deadline: deadline)
        do throws(RedisError) {
            _ = try replies[0].get()
            return Authenticator(key: try replies[1].get().decode())
        } catch {
            throw .redis(error)
        }
    }

    /// SHA-256 of texts, each with its length before it, so that none runs into the next.
    static func digest(of texts: [String]) -> String {
        var hash = SHA256()
        for text in texts { hash.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        return hexadecimal(hash.finalize())
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}
