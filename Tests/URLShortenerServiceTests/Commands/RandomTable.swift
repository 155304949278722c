import TestSupport

@testable import url_shortener

/// A table, as bytes and as what has to be read of them.
struct RandomTable {
    private(set) var bytes: [UInt8] = []
    private(set) var records: [CSVRecord] = []

    init(using random: inout SeededGenerator) {
        if Bool.random(using: &random) { bytes += Array("\u{FEFF}".utf8) }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let fields = (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.field(using: &random) }
            records.append(CSVRecord(line: Self.lines(in: bytes), content: .success(fields)))
            let written = fields.map { field in
                // One empty field would be an empty line.
                let mustQuote = field.contains { "\",\r\n".utf8.contains($0) } || fields == [[]]
                return mustQuote || Bool.random(using: &random) ? Self.quoted(field) : field
            }
            bytes += written.joined(separator: Array(",".utf8))
            bytes += Array(random.pick(["\n", "\r\n", "\r", "\n\n", "\r\n\r\n"]).utf8)
        }
        // The last line need not be ended.
        if Bool.random(using: &random), let last = records.last, Self.lines(in: bytes) > last.line {
            while let end = bytes.last, "\r\n".utf8.contains(end) { bytes.removeLast() }
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self).debugDescription }

    /// Any bytes, and many of those that mean something; no byte order mark.
    static func field(using random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in random.pick(Array("aé\",\r\n \t;".utf8)) }
    }

    private static func quoted(_ field: [UInt8]) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        return [quote] + field.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
    }

    /// The number of the line that begins at the end of these bytes.
    private static func lines(in bytes: [UInt8]) -> Int {
        let (carriageReturn, lineFeed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        let pairs = zip(bytes, bytes.dropFirst()).count { $0 == carriageReturn && $1 == lineFeed }
        return 1 + bytes.count { $0 == carriageReturn || $0 == lineFeed } - pairs
    }
}

extension CSVReader {
    static func read(_ text: String) -> [CSVRecord] {
        var reader = CSVReader()
        return reader.push(text.utf8) + reader.finish()
    }

    static func read(_ bytes: [UInt8], cutBy random: inout SeededGenerator) -> [CSVRecord] {
        var reader = CSVReader()
        var records: [CSVRecord] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = Int.random(in: 0...min(rest.count, 9), using: &random)
            records += reader.push(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return records + reader.finish()
    }
}

extension CSVRecord {
    var flaw: CSVFlaw? {
        if case .failure(let flaw) = content { flaw } else { nil }
    }
}
