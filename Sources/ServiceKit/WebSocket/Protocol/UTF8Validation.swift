extension UnsafeRawBufferPointer {
    /// Whether these bytes are text: well-formed UTF-8 as the Unicode Standard has it in table 3-7. Makes nothing of them.
    var isValidUTF8: Bool {
        var index = 0
        while index < count {
            // Most text is ASCII for the most part.
            if index + 8 <= count, loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                index += 8
                continue
            }
            let lead = self[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            guard let (length, second) = Self.sequence(after: lead), index + length <= count, second.contains(self[index + 1])
            else {
                return false
            }
            for further in 2..<Swift.max(2, length) where self[index + further] & 0xC0 != 0x80 { return false }
            index += length
        }
        return true
    }

    /// The length of what begins with this byte, and what may stand second: no overlong form, no surrogate, nothing beyond U+10FFFF.
    private static func sequence(after lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: nil
        }
    }
}
