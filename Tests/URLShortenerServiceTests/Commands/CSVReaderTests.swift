import TestSupport
import Testing

@testable import url_shortener

@Suite struct CSVReaderTests {
    @Test(
        arguments: [
            ("", []),
            ("\n\r\n\r\n", []),
            ("a,b\n1,2\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
            ("a,b\r\n1,2", [(1, ["a", "b"]), (2, ["1", "2"])]),
            ("a\rb\r\rc", [(1, ["a"]), (2, ["b"]), (4, ["c"])]),
            ("\u{FEFF}a\n\u{FEFF}b", [(1, ["a"]), (2, ["\u{FEFF}b"])]),
            ("\u{FEFF}\"a\"", [(1, ["a"])]),
            (",\n,,", [(1, ["", ""]), (2, ["", "", ""])]),
            ("\"\"\n\n\"\",", [(1, [""]), (3, ["", ""])]),
            ("\"a,\"\"b\"\"\r\nc\",d\r\ne", [(1, ["a,\"b\"\r\nc", "d"]), (3, ["e"])]),
            ("\"a\r\r\n\n\"\nb", [(1, ["a\r\r\n\n"]), (5, ["b"])]),
            (" a , \"\t\n", []),
        ] as [(String, [(Int, [String])])])
    func `what a file holds`(_ text: String, _ records: [(Int, [String])]) {
        let read = CSVReader.read(text)
        guard !records.isEmpty || !text.contains("a") else { return #expect(read.map(\.flaw) == [.quoteInField]) }
        #expect(read == records.map { CSVRecord(line: $0, content: .success($1.map { Array($0.utf8) })) })
    }

    @Test(
        arguments: [
            ("a\"b,c\nd", [.quoteInField, nil]),
            ("a\"b,\"c\nd\n", [.quoteInField, nil]),
            ("\"a\" ,c\nd", [.textAfterQuote, nil]),
            ("\"a\"b\"\nd", [.textAfterQuote, nil]),
            ("d\n\"a\nb\n", [nil, .quoteNotClosed]),
            ("d\n\"a\"\"", [nil, .quoteNotClosed]),
            ("\"", [.quoteNotClosed]),
        ] as [(String, [CSVFlaw?])])
    func `what breaks the rules costs its own record`(_ text: String, _ flaws: [CSVFlaw?]) {
        #expect(CSVReader.read(text).map(\.flaw) == flaws)
    }

    @Test func `a record without end takes no memory without end`() {
        let chunk = [UInt8](repeating: UInt8(ascii: ","), count: 65_536)
        for (opening, closing) in [("x", "x"), ("\"x", "\"")] {
            var reader = CSVReader()
            var records = reader.push("a,b\n\(opening)".utf8)
            for _ in 0..<20 { records += reader.push(chunk) }
            records += reader.push("\(closing)\nlast".utf8) + reader.finish()
            #expect(records.map(\.flaw) == [nil, .tooLong, nil])
            #expect(records.map(\.line) == [1, 2, 3])
        }
    }

    /// A table is written in one of the many ways that the rules allow, and read in chunks of any size.
    @Test func `what was written is read, however it is cut`() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let table = RandomTable(using: &random)
            #expect(CSVReader.read(table.bytes, cutBy: &random) == table.records, "\(random): \(table.text)")
        }
    }

    @Test func `every cut gives the same`() {
        var random = SeededGenerator()
        for _ in 0..<20 {
            let table = RandomTable(using: &random)
            for cut in table.bytes.indices {
                var reader = CSVReader()
                let records = reader.push(table.bytes[..<cut]) + reader.push(table.bytes[cut...]) + reader.finish()
                #expect(records == table.records, "\(random), cut at \(cut): \(table.text)")
            }
        }
    }

    @Test func `hostile bytes give the same records in any chunks, each on a line of its own`() {
        var random = SeededGenerator()
        let likely = Array("\"\"\"\",,\r\n\n\"a\u{FEFF}".utf8)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                Bool.random(using: &random) ? random.pick(likely) : UInt8.random(in: 0...255, using: &random)
            }
            var whole = CSVReader()
            let records = whole.push(bytes) + whole.finish()
            #expect(CSVReader.read(bytes, cutBy: &random) == records, "\(random): \(bytes)")
            #expect(zip(records, records.dropFirst()).allSatisfy { $0.line < $1.line }, "\(random): \(bytes)")
            // Only a quote that is never closed keeps what comes behind from being read.
            var longer = CSVReader()
            let more = longer.push(bytes + Array("\nlast,line".utf8)) + longer.finish()
            #expect(more.last?.flaw == .quoteNotClosed || more.dropLast() == records[...], "\(random): \(bytes)")
        }
    }

    @Test func `a line that was written is read back`() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let fields = [RandomTable.field(using: &random), RandomTable.field(using: &random)]
                .map { String(decoding: $0, as: UTF8.self) }
            let read = CSVReader.read(csvLine(fields[0], fields[1]))
            #expect(read == [CSVRecord(line: 1, content: .success(fields.map { Array($0.utf8) }))], "\(random): \(fields)")
        }
    }
}
