/// JSON that is written member by member, in the order given.
public enum JSONText: Sendable {
    case string(String)
    case integer(Int)
    /// null, if it is not finite.
    case number(Double)
    case bool(Bool)
    case null
    case array([JSONText])
    indirect case members([(String, JSONText)])

    public static func object(_ members: [(String, JSONText)]) -> JSONText { .members(members) }

    public var text: String {
        var text = ""
        text.reserveCapacity(256)
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .string(let string): Self.write(string, to: &text)
        case .integer(let integer): text += String(integer)
        case .number(let number): text += number.isFinite ? "\(number)" : "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .null: text += "null"
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .members(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.0, to: &text)
                text += ":"
                member.1.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        defer { text += "\"" }
        // Nearly always there is nothing to escape.
        let isPlain = string.utf8.withContiguousStorageIfAvailable { bytes in
            // All of them rather than up to the first: so they are looked at many at a time.
            bytes.reduce(0) { $0 | ($1 < 0x20 || $1 == UInt8(ascii: "\"") || $1 == UInt8(ascii: "\\") ? 1 : 0) } == 0
        }
        if isPlain == true {
            text += string
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
