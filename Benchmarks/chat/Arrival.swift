import Foundation

/// What a text from a server is.
enum Arrival {
    /// A message's text.
    case message(group: Int, number: Int)
    /// The sender is told that his message is kept.
    case confirmation(group: Int, number: Int)
    case other

    init(_ text: UnsafeRawBufferPointer) {
        if let (group, number) = Self.numbers(after: Dialect.textSign, in: text) {
            self = .message(group: group, number: number)
        } else if let (group, number) = Self.numbers(after: Dialect.identifierSign, in: text) {
            self = .confirmation(group: group, number: number)
        } else {
            self = .other
        }
    }

    /// Both numbers of the first `~group.number~`.
    private static func numbers(after sign: UInt8, in text: UnsafeRawBufferPointer) -> (Int, Int)? {
        guard let base = text.baseAddress, let found = memchr(base, Int32(sign), text.count) else { return nil }
        var index = base.distance(to: UnsafeRawPointer(found)) + 1
        func number(until end: UInt8) -> Int? {
            let start = index
            var value = 0
            while index < text.count, index - start < 12, text[index] != end {
                guard (48...57).contains(text[index]) else { return nil }
                value = value * 10 + Int(text[index] - 48)
                index += 1
            }
            guard index > start, index < text.count, text[index] == end else { return nil }
            index += 1
            return value
        }
        guard let group = number(until: UInt8(ascii: ".")), let number = number(until: sign) else { return nil }
        return (group, number)
    }
}
