/// Any text as one word that can stand in keys, lists and lines: letters, digits, some marks, and percent-encoded bytes (RFC 3986,
/// section 2.1). One word for each text.
public struct PercentEncoding: Sendable {
    /// Plain are what RFC 3986 calls unreserved: letters, digits, `.`, `_`, `~` and `-`.
    public static let unreserved = PercentEncoding(plainMarks: "._~-")

    private let plain: [Bool]

    /// - Parameter marks: ASCII characters that stand for themselves, besides letters and digits.
    public init(plainMarks marks: String) {
        var plain = Array(repeating: false, count: 256)
        for byte in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8 { plain[Int(byte)] = true }
        for byte in marks.utf8 { plain[Int(byte)] = true }
        self.plain = plain
    }

    public func encode(_ text: String) -> String {
        if text.utf8.allSatisfy({ plain[Int($0)] }) { return text }
        var word = ""
        for byte in text.utf8 {
            if plain[Int(byte)] {
                word.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                word += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return word
    }

    /// - Returns: nil when it is not quite what ``encode(_:)`` makes of a text.
    public func decode(_ word: some Sequence<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = word.makeIterator()
        while let byte = rest.next() {
            if plain[Int(byte)] {
                bytes.append(byte)
            } else {
                guard byte == UInt8(ascii: "%"), let high = rest.next().flatMap(Self.digit),
                    let low = rest.next().flatMap(Self.digit),
                    !plain[Int(high << 4 | low)]
                else { return nil }
                bytes.append(high << 4 | low)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
