import TextCoding

/// A user's name, compared byte by byte: names that only look the same are different users.
public struct UserName: Sendable, Hashable {
    /// Bytes of UTF-8.
    public static let maximumLength = 256

    public let text: String

    init(_ text: String) { self.text = text }

    /// - Throws: ``ChatError/invalidUser`` unless it is 1 to 256 bytes long.
    public init(validating text: String) throws(ChatError) {
        guard (1...Self.maximumLength).contains(text.utf8.count) else { throw .invalidUser }
        self.text = text
    }

    public static func == (left: UserName, right: UserName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// As one word.
    var encoded: String { PercentEncoding.unreserved.encode(text) }

    /// - Returns: nil when it is not what ``encoded`` makes of a name.
    init?(encoded: some Sequence<UInt8>) {
        guard let text = PercentEncoding.unreserved.decode(encoded), (1...Self.maximumLength).contains(text.utf8.count) else {
            return nil
        }
        self.init(text)
    }
}
