import Crypto

enum Digest {
    /// SHA-256 of texts, each with its length before it, so that none runs into the next.
    static func hexadecimal(of texts: [String]) -> String {
        var hash = SHA256()
        for text in texts { hash.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        return hash.finalize().reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}
