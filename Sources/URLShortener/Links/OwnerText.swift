/// A user's name as one word of a ``LinkRecord``: all but letters, digits, `.`, `_` and `~` is percent-encoded.
enum OwnerText {
    /// No owner: what no name is encoded to.
    static let none = "-"

    static func encode(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            if isPlain(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    struct Owner {
        let name: String?
    }

    /// - Returns: nil when it is not quite what ``encode(_:)`` makes.
    static func decode(_ text: ArraySlice<UInt8>) -> Owner? {
        if text.elementsEqual(none.utf8) { return Owner(name: nil) }
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                guard byte == UInt8(ascii: "%"), let high = rest.popFirst()?.upperHexadecimalDigit,
                    let low = rest.popFirst()?.upperHexadecimalDigit, !isPlain(high << 4 | low)
                else { return nil }
                bytes.append(high << 4 | low)
            }
        }
        return String(validating: bytes, as: UTF8.self).map { Owner(name: $0) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension UInt8 {
    fileprivate var upperHexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
