import TestSupport
import Testing

@testable import NewsFeedComparison

@Suite("Edge lists")
struct EdgeListTests {
    /// The edges of a text that comes in chunks of some length.
    private func edges(_ bytes: [UInt8], chunk: Int = .max) throws(ComparisonError) -> (edges: [[Int32]], users: Int) {
        var parser = EdgeListParser()
        var rest = bytes[...]
        while !rest.isEmpty {
            try parser.push(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        try parser.finish()
        return (parser.edges.map { [$0.follower, $0.followee] }, parser.userCount)
    }

    private func edges(_ text: String, chunk: Int = .max) throws(ComparisonError) -> [[Int32]] {
        try edges(Array(text.utf8), chunk: chunk).edges
    }

    private func failure(_ bytes: [UInt8], chunk: Int = .max) -> String? {
        do throws(ComparisonError) {
            _ = try edges(bytes, chunk: chunk)
            return nil
        } catch {
            return error.code == .invalidGraph ? error.message : "another error"
        }
    }

    @Test("White space of any kind, CR LF, comments and empty lines, in chunks of any length", arguments: [1, 2, 3, 7, 64, .max])
    func forms(chunk: Int) throws {
        let text =
            "\u{FEFF}# who whom\r\na b\r\n\r\n \t b\t\u{b}\u{c}c  \r\n   # indented\nc a # behind an edge\n#\nä#1 a\nd\td\n\nb a"
        #expect(try edges(text, chunk: chunk) == [[0, 1], [1, 2], [2, 0], [3, 0], [4, 4], [1, 0]])
        #expect(try edges("", chunk: chunk).isEmpty)
        #expect(try edges("# nothing", chunk: chunk).isEmpty)
    }

    @Test("Names are the same when their bytes are")
    func names() throws {
        #expect(try edges("e\u{301} \u{e9}") == [[0, 1]])
        #expect(try edges("1 01\n1 1.0") == [[0, 1], [0, 2]])
        let longest = String(repeating: "x", count: EdgeListParser.longestName)
        #expect(try edges("\(longest) a\na \(longest)") == [[0, 1], [1, 0]])
    }

    @Test("A malformed line is named with its number, wherever the chunks end", arguments: [1, 5, 4096, .max])
    func malformed(chunk: Int) {
        func expect(_ line: [UInt8], _ reason: String) {
            let bytes = Array("a b\r\n# comment\n\n".utf8) + line + Array("\nb c\n".utf8)
            #expect(failure(bytes, chunk: chunk) == "Line 4 is malformed: \(reason).")
        }
        expect(Array("alone".utf8), "it has one word, and an edge is a follower and a followee")
        expect(Array("alone # b".utf8), "it has one word, and an edge is a follower and a followee")
        expect(Array("a b 17".utf8), "it has more than two words, and an edge is a follower and a followee")
        expect([0xFF, 0xFE, 0x20, 0x61], "it is not UTF-8")
        expect([0x61, 0x00, 0x20, 0x61], "it holds a zero byte, so this is no text")
        expect(Array((String(repeating: "x", count: 513) + " y").utf8), "it has a name of more than 512 bytes")
        expect(Array(repeating: 0x61, count: 100_000), "it has more than 4096 bytes")
        expect(Array(("a b" + String(repeating: " ", count: 5000)).utf8), "it has more than 4096 bytes")
        expect(Array(repeating: 0x20, count: 100_000), "it has more than 4096 bytes")
    }

    @Test("A comment may be of any length", arguments: [1000, .max])
    func longComment(chunk: Int) throws {
        let comment = " # " + String(repeating: "long ", count: 100_000)
        #expect(try edges("a b\n\(comment)\nb a\n\(comment)", chunk: chunk) == [[0, 1], [1, 0]])
    }

    @Test("Not more edges are read than fit into memory")
    func tooMany() throws {
        var parser = EdgeListParser(maximumEdges: 3)
        try parser.push(Array("a b\nb c\nc d\n".utf8))
        #expect(throws: ComparisonError.self) { try parser.push(Array("d e\n".utf8)) }
    }

    @Test("Whatever is read: edges or one clear error")
    func hostile() {
        var random = SeededGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                random.pick([0, 9, 10, 10, 13, 32, 32, 35, 97, 98, 0xC3, 0xA4, 0xFF].map { UInt8($0) })
            }
            let whole = Result { try edges(bytes).edges }
            let parts = Result { try edges(bytes, chunk: Int.random(in: 1...9, using: &random)).edges }
            switch (whole, parts) {
            case (.success(let whole), .success(let parts)): #expect(whole == parts, "\(random)")
            case (.failure(let whole), .failure(let parts)): #expect("\(whole)" == "\(parts)", "\(random)")
            default: Issue.record("\(random): \(whole) and \(parts)")
            }
        }
    }
}
