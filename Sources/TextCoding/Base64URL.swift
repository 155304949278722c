/// Base64 with the alphabet for URLs, without padding (RFC 4648, section 5). One text for each sequence of bytes.
public enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    /// Longer texts are not decoded.
    private static let maximumLength = 4096

    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count { text.append(digits[number >> (18 - 6 * digit) & 63]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil when it is not quite what ``encode(_:)`` makes of some bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= maximumLength, text.utf8.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var (number, bits) = (0, 0)
        for character in text.utf8 {
            guard let value = digits.firstIndex(of: character) else { return nil }
            number = number << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(number >> bits & 0xFF))
            }
            number &= 1 << bits - 1
        }
        return number == 0 ? bytes : nil
    }
}
