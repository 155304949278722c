import Redis
import TestSupport

extension RedisValue {
    /// Any reply that RESP2 knows, nested at most so deep.
    static func random(depth: Int, using random: inout SeededGenerator) -> RedisValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .integer(random.pick([.min, -1, 0, 1, .max, Int(truncatingIfNeeded: random.next())]))
        case 2: return .status(text(using: &random))
        case 3: return .error(RedisErrorReply("ERR " + text(using: &random)))
        case 4: return .bytes(bytes(count: .random(in: 0...40, using: &random), using: &random))
        case 5:
            let isLong = Int.random(in: 0..<20, using: &random) == 0
            return .bytes(bytes(count: isLong ? .random(in: 1_000...40_000, using: &random) : 0, using: &random))
        default:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
        }
    }

    /// Arrays of one element in one another.
    static func nested(_ depth: Int) -> RedisValue {
        (0..<depth).reduce(.integer(7)) { inner, _ in .array([inner]) }
    }

    /// Rich in what could be taken for the protocol's own.
    private static func bytes(count: Int, using random: inout SeededGenerator) -> [UInt8] {
        let special = Array("\r\n$*:+-0123456789".utf8) + [0, 0xFF]
        return (0..<count).map { _ in
            Bool.random(using: &random) ? random.pick(special) : .random(in: .min ... .max, using: &random)
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let letters = Array("aZ 09é🦊$*:+-\t\r")
        var text = String((0..<Int.random(in: 0...20, using: &random)).map { _ in random.pick(letters) })
        // A line may hold a CR, but a CR at its end would be ambiguous.
        while text.unicodeScalars.last == "\r" { text.unicodeScalars.removeLast() }
        return text
    }

    /// As a server writes it.
    func encoded(using random: inout SeededGenerator) -> [UInt8] {
        switch self {
        case .null: return Array((Bool.random(using: &random) ? "$-1\r\n" : "*-1\r\n").utf8)
        case .integer(let integer): return Array(":\(integer)\r\n".utf8)
        case .status(let status): return Array("+\(status)\r\n".utf8)
        case .error(let error): return Array("-\(error.text)\r\n".utf8)
        case .bytes(let bytes): return Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .array(let elements):
            return elements.reduce(into: Array("*\(elements.count)\r\n".utf8)) { $0 += $1.encoded(using: &random) }
        }
    }
}
