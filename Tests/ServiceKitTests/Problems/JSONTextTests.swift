import Foundation
import TestSupport
import Testing

@testable import ServiceKit

@Suite("JSON that is written")
struct JSONTextTests {
    @Test("Members stand in their order, without white space")
    func form() {
        let json = JSONText.object([
            ("b", .integer(.min)), ("a", .array([.bool(true), .bool(false), .null, .array([]), .object([])])), ("", .string("")),
            ("c", .integer(.max)),
        ])
        #expect(json.text == #"{"b":-9223372036854775808,"a":[true,false,null,[],{}],"":"","c":9223372036854775807}"#)
    }

    @Test(
        "What must be escaped is, and nothing else",
        arguments: [
            ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\r", #"\u000d"#), ("\t", #"\u0009"#), ("\0", #"\u0000"#),
            ("\u{1F}", #"\u001f"#),
            ("\r\n", #"\u000d\n"#), ("\u{7F}", "\u{7F}"), ("/", "/"), ("ü€😀", "ü€😀"), ("\u{2028}", "\u{2028}"),
            ("</script>", "</script>"),
            (#"","admin":true,"x":""#, #"\",\"admin\":true,\"x\":\""#), ("\"\u{301}", "\\\"\u{301}"),
            ("\\\u{20DD}", "\\\\\u{20DD}"),
        ])
    func escapes(text: String, written: String) {
        #expect(Array(JSONText.string(text).text.unicodeScalars) == Array("\"\(written)\"".unicodeScalars))
    }

    @Test("A strict reader reads back whatever was written, as name and as value")
    func roundTrip() throws {
        var random = SeededGenerator()
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 0...30, using: &random)).map { _ -> UnicodeScalar in
                let range = random.pick([
                    0x00...0x1F, 0x20...0x7F, 0x22...0x22, 0x5C...0x5C, 0x300...0x36F, 0x2028...0x2029, 0x1F600...0x1F640,
                ])
                return UnicodeScalar(Int.random(in: range, using: &random)) ?? " "
            }
            let text = String(String.UnicodeScalarView(scalars))
            let written = JSONText.object([(text, .array([.string(text), .null]))]).text
            let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String: [Any]]
            #expect(read?.count == 1, "\(random)")
            #expect(read?.first?.key.unicodeScalars.elementsEqual(scalars) == true, "\(random): \(written)")
            #expect((read?.first?.value.first as? String)?.unicodeScalars.elementsEqual(scalars) == true, "\(random): \(written)")
            #expect(written.utf8.allSatisfy { $0 >= 0x20 }, "\(random): \(written)")
        }
    }
}
