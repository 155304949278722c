import TextCoding

/// The name of a rider or a driver as it lies in Redis: as one word, so that it can stand in keys, lists and lines. Names are compared
/// byte by byte.
struct UserName: Sendable, Hashable {
    static let maximumLength = 512

    let encoded: String

    /// - Throws: ``RideHailingError/invalidUser``.
    init(_ name: String) throws(RideHailingError) {
        guard (1...Self.maximumLength).contains(name.utf8.count) else { throw .invalidUser }
        encoded = PercentEncoding.unreserved.encode(name)
    }

    private init(encoded: String) { self.encoded = encoded }

    /// - Returns: nil when it is no encoded name.
    init?(validating encoded: String) {
        guard Self.decode(encoded) != nil else { return nil }
        self.init(encoded: encoded)
    }

    /// - Returns: nil when it is no encoded name.
    static func decode(_ encoded: some StringProtocol) -> String? {
        encoded.isEmpty ? nil : PercentEncoding.unreserved.decode(encoded.utf8)
    }

    /// What a matcher does, rather than a person. No name is encoded so.
    static let matcher = UserName(encoded: "*")
}
