import Testing

@testable import QRCode

@Suite("QR codes")
struct QRCodeTests {
    /// Bytes that versions 1 to 4, 10, 27 and 40 hold, from table 7 of ISO/IEC 18004.
    private static let capacities: [(version: Int, low: Int, medium: Int, quartile: Int, high: Int)] = [
        (1, 17, 14, 11, 7), (2, 32, 26, 20, 14), (3, 53, 42, 32, 24), (4, 78, 62, 46, 34),
        (10, 271, 213, 151, 119), (27, 1465, 1125, 805, 625), (40, 2953, 2331, 1663, 1273),
    ]

    @Test("The smallest version that holds the text is taken", arguments: capacities)
    func versionByLength(version: Int, low: Int, medium: Int, quartile: Int, high: Int) throws {
        let capacities: [(QRCode.ErrorCorrection, Int)] = [(.low, low), (.medium, medium), (.quartile, quartile), (.high, high)]
        for (errorCorrection, capacity) in capacities {
            let full = try QRCode(text: String(repeating: "a", count: capacity), errorCorrection: errorCorrection)
            #expect(full.width == 17 + 4 * version)
            let tooLong = String(repeating: "a", count: capacity + 1)
            if version < 40 {
                #expect(try QRCode(text: tooLong, errorCorrection: errorCorrection).width == full.width + 4)
            } else {
                #expect(throws: QRCodeError.tooLong(byteCount: capacity + 1)) {
                    try QRCode(text: tooLong, errorCorrection: errorCorrection)
                }
            }
        }
    }

    @Test("Bytes count, not characters")
    func lengthInBytes() throws {
        #expect(try QRCode(text: String(repeating: "é", count: 7)).width == 21)
        #expect(try QRCode(text: String(repeating: "é", count: 8)).width == 25)
    }

    @Test("Nothing is no text, and far too long a text is refused")
    func refused() {
        #expect(throws: QRCodeError.empty) { try QRCode(text: "") }
        #expect(throws: QRCodeError.tooLong(byteCount: 1 << 20)) { try QRCode(text: String(repeating: "a", count: 1 << 20)) }
    }

    /// Three finder patterns with their light border, the timing patterns between them, and the one module that is always dark.
    @Test("A reader finds what it looks for", arguments: [1, 14, 15, 100, 500, 2331])
    func functionPatterns(length: Int) throws {
        let code = try QRCode(text: String(repeating: "x", count: length))
        let last = code.width - 7
        for (left, top) in [(0, 0), (last, 0), (0, last)] {
            for y in -1...7 {
                for x in -1...7 {
                    let ring = max(abs(x - 3), abs(y - 3))
                    #expect(code[left + x, top + y] == (ring == 3 || ring <= 1), "\(x) \(y) of the pattern at \(left) \(top)")
                }
            }
        }
        for offset in 8..<(code.width - 8) {
            #expect(code[offset, 6] == offset.isMultiple(of: 2))
            #expect(code[6, offset] == offset.isMultiple(of: 2))
        }
        #expect(code[8, code.width - 8])
    }

    @Test("What lies outside is light")
    func outside() throws {
        let code = try QRCode(text: "https://sho.rt/abc")
        for (x, y) in [(-1, 0), (0, -1), (code.width, 0), (0, code.width), (.min, .max)] {
            #expect(!code[x, y])
        }
    }

    @Test("The same text gives the same code, another text another one")
    func deterministic() throws {
        let code = try QRCode(text: "https://sho.rt/abc")
        #expect(try QRCode(text: "https://sho.rt/abc").svg() == code.svg())
        #expect(try QRCode(text: "https://sho.rt/abd").svg(title: "") != code.svg(title: ""))
        #expect(try QRCode(text: "a\u{0}b").svg(title: "") != QRCode(text: "a").svg(title: ""))
    }
}
