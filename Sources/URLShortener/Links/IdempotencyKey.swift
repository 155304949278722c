import Crypto

/// What a client sends along so that a repeated request creates no second link.
public struct IdempotencyKey: Sendable, Hashable {
    /// Whose key it is: the same key of two clients is two keys.
    public enum Scope: Sendable, Hashable {
        case user(String)
        /// Of a client without an identity.
        case address(String)
    }

    /// Of scope and key, so that neither their length nor their characters matter, and no address lies in Redis.
    let digest: String

    /// - Throws: ``URLShortenerError/invalidIdempotencyKey``.
    public init(_ key: String, of scope: Scope) throws(URLShortenerError) {
        guard (1...URLShortenerError.maximumIdempotencyKeyLength).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .invalidIdempotencyKey }
        digest =
            switch scope {
            case .user(let name): Digest.hexadecimal(of: ["user", name, key])
            case .address(let address): Digest.hexadecimal(of: ["address", address, key])
            }
    }
}

extension NewLink {
    /// The same for the same request, and for no other.
    var digest: String {
        Digest.hexadecimal(of: [
            url, alias ?? "", "\(expiresInSeconds ?? 0)", "\(maxVisits ?? 0)", owner.map { "owner \($0)" } ?? "",
        ])
    }
}

enum Digest {
    /// SHA-256 of texts, each with its length before it, so that none runs into the next.
    static func hexadecimal(of texts: [String]) -> String {
        var hash = SHA256()
        for text in texts { hash.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        return hash.finalize().reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}
