import TestSupport
import Testing

@testable import ServiceKit

@Suite("Percent-decoding")
struct PercentEncodingTests {
    @Test(
        "Escapes are decoded, a plus is a plus",
        arguments: [
            ("", ""), ("abc", "abc"), ("a+b", "a+b"), ("a%2Fb", "a/b"), ("%2f%2F", "//"), ("user%3A42", "user:42"),
            ("%C3%BC", "ü"),
            ("ü", "ü"), ("%e2%82%ac", "€"), ("%F0%9F%98%80", "😀"), ("%25", "%"), ("%252F", "%2F"), ("%00", "\0"), ("a b", "a b"),
            ("%C3%BC%", nil),
            ("%", nil), ("a%", nil), ("%2", nil), ("%G0", nil), ("%0G", nil), ("%%41", nil), ("% 41", nil), ("%-1", nil),
            ("%+1", nil), ("%u0041", nil),
            ("%C3", nil), ("%FF", nil), ("%C0%AF", nil), ("%ED%A0%80", nil), ("%F5%80%80%80", nil), ("%BC", nil), ("%2٠", nil),
        ] as [(String, String?)])
    func known(text: String, decoded: String?) {
        #expect(percentDecoded(text) == decoded)
    }

    @Test("Bytes that are not UTF-8 are nil, escaped or not")
    func notText() {
        for bytes in [[0xFF], [0x61, 0xC3], [0xC0, 0xAF], [0x25, 0x34, 0x31, 0xFF]] as [[UInt8]] {
            #expect(bytes.withUnsafeBytes { percentDecoded($0) } == nil)
        }
        #expect(percentDecoded(UnsafeRawBufferPointer(start: nil, count: 0)) == "")
    }

    @Test("Whatever is encoded comes back")
    func roundTrip() {
        var random = SeededGenerator()
        for _ in 0..<1000 {
            let text = random.text(0...20, of: "abc/?+ %&=ü€😀\u{0}\u{7F}e\u{301}")
            var encoded: [UInt8] = []
            for byte in text.utf8 {
                // A percent sign must be an escape; anything else may.
                if byte == UInt8(ascii: "%") || Bool.random(using: &random) {
                    let digits = random.pick(["0123456789abcdef", "0123456789ABCDEF"]).utf8.map { $0 }
                    encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                } else {
                    encoded.append(byte)
                }
            }
            #expect(
                encoded.withUnsafeBytes { percentDecoded($0) }?.unicodeScalars.elementsEqual(text.unicodeScalars) == true,
                "\(random): \(text)")
        }
    }

    @Test("Random bytes are decoded as a simple model does it")
    func againstModel() {
        var random = SeededGenerator()
        for _ in 0..<3000 {
            let alphabet = Array("%%%%012abAFgG".utf8) + [0xC3, 0xBC, 0x00, 0xFF]
            let bytes = (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(alphabet) }
            #expect(bytes.withUnsafeBytes { percentDecoded($0) } == Self.model(bytes), "\(random): \(bytes)")
        }
    }

    private static func model(_ bytes: [UInt8]) -> String? {
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25 {
                guard index + 2 < bytes.count else { return nil }
                let digits = bytes[(index + 1)...(index + 2)]
                guard digits.allSatisfy({ $0 < 0x80 && Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
                guard let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
