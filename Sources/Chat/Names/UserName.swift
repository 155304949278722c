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

    /// One word of letters, digits, `.`, `_`, `~`, `-` and percent-encoded bytes.
    var encoded: String {
        if text.utf8.allSatisfy(Self.isPlain) { return text }
        var encoded = ""
        for byte in text.utf8 {
            if Self.isPlain(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    /// - Returns: nil when it is not what ``encoded`` makes of a name.
    init?(encoded: some Sequence<UInt8>) {
        var bytes: [UInt8] = []
        var iterator = encoded.makeIterator()
        while let byte = iterator.next() {
            if Self.isPlain(byte) {
                bytes.append(byte)
            } else {
                guard byte == UInt8(ascii: "%"), let high = iterator.next().flatMap(Self.hexadecimalDigit),
                    let low = iterator.next().flatMap(Self.hexadecimalDigit), !Self.isPlain(high << 4 | low)
                else { return nil }
                bytes.append(high << 4 | low)
            }
        }
        guard (1...Self.maximumLength).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        self.init(text)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
