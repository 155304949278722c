/// Checks that bytes are one JSON text, to the letter of RFC 8259.
///
/// Foundation's decoder does not look at what nobody asks for, and passes over a comma too many: a client with a broken
/// encoder would learn of it late. Two members of one name are refused too, since parsers differ in which they take.
struct JSONGrammar {
    /// What is nested deeper is refused.
    static let maximumDepth = 64
    /// Far more than any body here has. Decoding makes some hundred bytes of memory of each value, though it was two bytes.
    static let maximumValues = 65_536

    private var rest: Slice<UnsafeRawBufferPointer>
    private var values = 0

    enum Verdict {
        case valid
        case invalid
        case tooManyValues
    }

    /// Linear in the length.
    static func judge(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        var grammar = JSONGrammar(rest: bytes[...])
        grammar.skipSpace()
        guard grammar.value(depth: 0) else { return grammar.values > maximumValues ? .tooManyValues : .invalid }
        grammar.skipSpace()
        return grammar.rest.isEmpty && String(validating: bytes, as: UTF8.self) != nil ? .valid : .invalid
    }

    private mutating func value(depth: Int) -> Bool {
        values += 1
        guard depth <= Self.maximumDepth, values <= Self.maximumValues, let first = rest.first else { return false }
        switch first {
        case UInt8(ascii: "{"): return members(depth: depth)
        case UInt8(ascii: "["): return elements(depth: depth)
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "t"): return take("true")
        case UInt8(ascii: "f"): return take("false")
        case UInt8(ascii: "n"): return take("null")
        default: return number()
        }
    }

    private mutating func members(depth: Int) -> Bool {
        var names: Set<[UInt8]> = []
        return list(between: "{", and: "}") { grammar in
            guard let name = grammar.string(), names.insert(name).inserted else { return false }
            grammar.skipSpace()
            guard grammar.take(":") else { return false }
            grammar.skipSpace()
            return grammar.value(depth: depth + 1)
        }
    }

    private mutating func elements(depth: Int) -> Bool {
        list(between: "[", and: "]") { $0.value(depth: depth + 1) }
    }

    private mutating func list(between open: String, and close: String, _ element: (inout JSONGrammar) -> Bool) -> Bool {
        guard take(open) else { return false }
        skipSpace()
        if take(close) { return true }
        repeat {
            skipSpace()
            guard element(&self) else { return false }
            skipSpace()
        } while take(",")
        return take(close)
    }

    /// - Returns: what the text between the quotes means, in UTF-8.
    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var content: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return content
            case UInt8(ascii: "\\"):
                guard let escape = self.escape() else { return nil }
                content += escape
            case 0x20...: content.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func escape() -> [UInt8]? {
        guard let byte = rest.popFirst() else { return nil }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return scalar().map { Array(String($0).utf8) }
        default: return nil
        }
    }

    private mutating func scalar() -> UnicodeScalar? {
        guard let unit = codeUnit() else { return nil }
        guard UTF16.isLeadSurrogate(unit) else { return UnicodeScalar(unit) }
        // Halves of a character come in pairs.
        guard take("\\u"), let second = codeUnit(), UTF16.isTrailSurrogate(second) else { return nil }
        return UTF16.decode(UTF16.EncodedScalar([unit, second]))
    }

    private mutating func codeUnit() -> UInt16? {
        let digits = Array(rest.prefix(4))
        rest = rest.dropFirst(4)
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit && $0 < 0x80 }) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || digits() else { return false }
        if take(".") { guard digits() else { return false } }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        rest = rest.dropFirst(count)
        return count > 0
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }
}
