import Foundation
import TestSupport
import Testing
import TextCoding

@Suite("Texts and bytes as words")
struct TextCodingTests {
    @Test("Base64: the one that Foundation makes, with the alphabet for URLs; nothing else is decoded", arguments: 0..<50)
    func base64(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int(seed)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let expected = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
        #expect(Base64URL.encode(bytes) == expected)
        #expect(Base64URL.decode(expected) == bytes)
        #expect(Base64URL.decode(expected + "=") == nil && Base64URL.decode(expected + "é") == nil)
    }

    @Test("Base64: one text for each sequence of bytes", arguments: ["A", "AB", "AAB", "AA=", "A+/A", "AAAAA"])
    func base64IsUnique(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(
        "Percent-encoding: what it encodes it decodes",
        arguments: [
            ("", ""), ("alice", "alice"), ("a b", "a%20b"), ("a:%", "a%3A%25"), ("ü", "%C3%BC"), ("\u{0}\n", "%00%0A"),
            ("._~-", "._~-"),
            ("\u{301}", "%CC%81"),
        ])
    func percent(text: String, word: String) {
        #expect(PercentEncoding.unreserved.encode(text) == word)
        let decoded = PercentEncoding.unreserved.decode(word.utf8)
        #expect(decoded.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(
        "Percent-encoding: one word for each text",
        arguments: ["a b", "%", "%4", "%61", "%c3%BC", "%FF", "%GG", "ü", "%20%", "+/"])
    func percentIsUnique(word: String) {
        #expect(PercentEncoding.unreserved.decode(word.utf8) == nil)
    }

    @Test("Percent-encoding: marks that are not plain are encoded")
    func marks() {
        let encoding = PercentEncoding(plainMarks: "._~")
        #expect(encoding.encode("a-b") == "a%2Db")
        #expect(encoding.decode("a%2Db".utf8) == "a-b" && encoding.decode("a-b".utf8) == nil)
    }
}
