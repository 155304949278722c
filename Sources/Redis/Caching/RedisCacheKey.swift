/// Names one key of a ``RedisCache``: what lies between the cache's prefix and its suffix.
///
/// It carries its hash, so that whoever asks several times for one key makes it once. Keys are told apart byte for byte, as
/// Redis does; equal strings may differ in that ("é" has two spellings).
public struct RedisCacheKey: Hashable, Sendable {
    public let name: String
    let hash: Int

    public init(_ name: String) {
        var name = name
        var hasher = Hasher()
        name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        (self.name, hash) = (name, hasher.finalize())
    }

    public static func == (left: RedisCacheKey, right: RedisCacheKey) -> Bool {
        left.hash == right.hash && left.name.utf8.elementsEqual(right.name.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}

extension RedisCacheKey: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral name: String) {
        self.init(name)
    }

    public var description: String { name }
}

/// The keys of a cache as Redis knows them.
struct CacheKeySpace: Sendable {
    let prefix: String
    private let suffix: String
    private let prefixBytes: [UInt8]
    private let suffixBytes: [UInt8]

    init(prefix: String, suffix: String) {
        (self.prefix, self.suffix) = (prefix, suffix)
        (prefixBytes, suffixBytes) = (Array(prefix.utf8), Array(suffix.utf8))
    }

    func name(of key: RedisCacheKey) -> String {
        prefix + key.name + suffix
    }

    /// The key with this name in Redis; nil when it is none of this cache's.
    func key(named bytes: [UInt8]) -> RedisCacheKey? {
        guard bytes.count >= prefixBytes.count + suffixBytes.count, bytes.starts(with: prefixBytes),
            bytes.suffix(suffixBytes.count).elementsEqual(suffixBytes)
        else { return nil }
        // What is not UTF-8 has not been asked for by a `String`.
        return String(validating: bytes.dropFirst(prefixBytes.count).dropLast(suffixBytes.count), as: UTF8.self)
            .map { RedisCacheKey($0) }
    }
}
