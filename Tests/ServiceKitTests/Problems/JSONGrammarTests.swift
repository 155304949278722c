import Foundation
import Testing
import TestSupport

@testable import ServiceKit

@Suite("JSON, to the letter")
struct JSONGrammarTests {
    private func isValid(_ text: String) -> Bool { isValid(Array(text.utf8)) }
    private func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { JSONGrammar.judge($0) == .valid } }

    @Test(
        "What the grammar has",
        arguments: [
            "null", " true ", "false", "0", "-0", "10", "-1.50", "0e0", "1E+9", "2.5e-3", #""""#, #""a\"\\\/\b\f\n\r\t""#,
            #""\u00e9\uD83D\uDE00""#, "\"\u{1F600}\u{7F}\"", "[]", "[ ]", "{}", "{ }", "[1,[2],{}]", "\r\n\t[1 , 2]",
            #"{"a":1,"A":{"a":2}}"#, #"{"":[]}"#,
        ])
    func valid(text: String) { #expect(isValid(text)) }

    @Test(
        "What it does not have",
        arguments: [
            "", " ", "[1,]", "[,1]", "[1 2]", #"{"a":1,}"#, #"{"a" 1}"#, "{a:1}", #"{"a"}"#, "{,}", "[", "]", "{", "[}", "1 2",
            "01",
            "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "nul", "True", "'a'", #"""#, #""\x""#, #""\u12G4""#,
            #""\u123"#, #""\uDC00""#, #""\uD800""#, #""\uD800\u0041""#, "\"\n\"", "\"\0\"", "// no\n1", "[1]x", "\u{FEFF}1",
        ])
    func invalid(text: String) { #expect(!isValid(text)) }

    @Test("So many values, and no more: each costs memory when it is decoded")
    func values() {
        func judged(_ count: Int) -> JSONGrammar.Verdict {
            Array(("[" + String(repeating: "0,", count: count - 2) + "0]").utf8).withUnsafeBytes { JSONGrammar.judge($0) }
        }
        #expect(judged(JSONGrammar.maximumValues) == .valid)
        #expect(judged(JSONGrammar.maximumValues + 1) == .tooManyValues)
    }

    @Test("Two members of one name are refused, in one object")
    func twice() {
        #expect(!isValid(#"{"cost":1,"cost":2}"#))
        #expect(!isValid(#"{"cost":1,"c\u006fst":2}"#))
        #expect(!isValid(#"{"\uD83D\uDE00":1,"😀":2}"#))
        #expect(!isValid(#"{"\/":1,"/":2}"#) && isValid(#"{"\n":1,"n":2}"#))
        #expect(isValid(#"[{"cost":1},{"cost":2}]"#))
    }

    @Test("Bytes that are not UTF-8 are refused")
    func encoding() {
        #expect(!isValid([0x22, 0xFF, 0x22]))
        #expect(!isValid([0x22, 0xC3, 0x22]))
    }

    @Test("What is nested deeper than 64 is refused, and does not exhaust the stack")
    func depth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(isValid(nested(64)) && !isValid(nested(66)))
        #expect(!isValid(nested(500_000)))
    }

    @Test("Texts that Foundation writes are valid, and with one byte lost or changed they never mislead it")
    func random() throws {
        var generator = SeededGenerator()
        for _ in 0..<500 {
            let text = Array(try JSONSerialization.data(withJSONObject: Self.object(&generator, depth: 3)))
            #expect(isValid(text))
            var cut = text
            cut.remove(at: Int.random(in: 0..<cut.count, using: &generator))
            // What this accepts, Foundation accepts: so that nothing is let through that has no meaning.
            if isValid(cut) { _ = try JSONSerialization.jsonObject(with: Data(cut), options: .fragmentsAllowed) }
        }
    }

    private static func object(_ generator: inout SeededGenerator, depth: Int) -> Any {
        switch Int.random(in: depth > 0 ? 0...5 : 2...5, using: &generator) {
        case 0: return (0..<Int.random(in: 1...4, using: &generator)).map { _ in object(&generator, depth: depth - 1) }
        case 1:
            let names = (0..<Int.random(in: 1...4, using: &generator)).map { "\u{E9}\"\\\($0)" }
            return Dictionary(uniqueKeysWithValues: names.map { ($0, object(&generator, depth: depth - 1)) })
        case 2: return ["a\u{1}\n/\u{1F600}", Int.random(in: -9...9, using: &generator)] as [Any]
        case 3: return [Double.random(in: -1e9...1e9, using: &generator), NSNull()] as [Any]
        case 4: return ["b": Bool.random(using: &generator)]
        default: return [Int.random(in: .min ... .max, using: &generator)]
        }
    }
}
