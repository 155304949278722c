/// Checks that bytes are one JSON text, to the letter of RFC 8259.
///
/// Foundation's decoder does not look at what nobody asks for, and passes over a comma too many: a client with a broken
/// encoder would learn of it late. Two members of one name are refused too, since parsers differ in which they take.
struct JSONGrammar {
    /// What is nested deeper is refused.
    static let maximumDepth = 64

    private var rest: Slice<UnsafeRawBufferPointer>

    /// Linear in the length.
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var grammar = JSONGrammar(rest: bytes[...])
        grammar.skipSpace()
        guard grammar.value(depth: 0) else { return false }
        grammar.skipSpace()
        return grammar.rest.isEmpty && String(validating: bytes, as: UTF8.self) != nil
    }

    private mutating func value(depth: Int) -> Bool {
        guard depth <= Self.maximumDepth, let first = rest.first else { return false }
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

    /// - Returns: what stands between the quotes, escapes as they are written.
    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var content: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return content
            case UInt8(ascii: "\\"):
                guard let escape = self.escape() else { return nil }
                content += [byte] + escape
            case 0x20...: content.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func escape() -> [UInt8]? {
        guard let byte = rest.popFirst() else { return nil }
        guard byte == UInt8(ascii: "u") else { return #""\/bfnrt"#.utf8.contains(byte) ? [byte] : nil }
        guard let unit = codeUnit() else { return nil }
        // Halves of a character come in pairs.
        if (0xDC00...0xDFFF).contains(unit.value) { return nil }
        guard (0xD800...0xDBFF).contains(unit.value) else { return [byte] + unit.digits }
        guard take("\\u"), let second = codeUnit(), (0xDC00...0xDFFF).contains(second.value) else { return nil }
        return [byte] + unit.digits + second.digits
    }

    private mutating func codeUnit() -> (value: Int, digits: [UInt8])? {
        let digits = Array(rest.prefix(4))
        rest = rest.dropFirst(4)
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit && $0 < 0x80 }),
            let value = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        return (value, digits)
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
