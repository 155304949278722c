import Foundation
import TestSupport

/// A request whose verdict is known from how it was made.
struct GeneratedRequest: CustomStringConvertible {
    var bytes: [UInt8]
    /// nil: for the router.
    var wanted: Verdict?

    var description: String { String(decoding: bytes, as: UTF8.self).debugDescription }

    /// Plain: nothing about it is odd, whatever its path and its other header fields are.
    static func plain(_ random: inout SeededGenerator, prefix: String = "/hot/") -> GeneratedRequest {
        let isHead = Bool.random(using: &random)
        let path = random.text(0...30, of: targetCharacters)
        let query = Bool.random(using: &random) ? random.text(0...20, of: targetCharacters + "?") : nil
        var fields = (0..<Int.random(in: 0...6, using: &random)).map { _ in harmlessField(&random) }
        fields.append(random.pick(["Host", "host", "HOST"]) + ":" + random.pick(["", " "]) + random.text(0...12, of: "a.-:1"))
        fields.shuffle(using: &random)
        let target = prefix + path + (query.map { "?" + $0 } ?? "")
        let text = "\(isHead ? "HEAD" : "GET") \(target) HTTP/1.1\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
        let bytes = Array(text.utf8)
        return GeneratedRequest(
            bytes: bytes, wanted: .request(isHead: isHead, path: path, query: query, length: bytes.count))
    }

    /// Plain but for one thing.
    static func odd(_ random: inout SeededGenerator) -> GeneratedRequest {
        var lines = Array(String(decoding: plain(&random).bytes, as: UTF8.self).components(separatedBy: "\r\n").dropLast(2))
        let start = lines.removeFirst()
        let target = start.split(separator: " ")[1]
        let odd = random.pick([
            "POST \(target) HTTP/1.1", "GET \(target) HTTP/1.0", "GET \(target.dropFirst()) HTTP/1.1", "GET /x\(target) HTTP/1.1",
            "GET \(target)# HTTP/1.1", "GET \(target)\u{1} HTTP/1.1", "GET  \(target) HTTP/1.1", "GET \(target)\r HTTP/1.1",
        ])
        let oddField = random.pick([
            "Content-Length: 0", "Transfer-Encoding: chunked", "Connection: close", "Upgrade: x", "Expect: 100-continue",
            "Host: again", "Host : h", " folded", "x", ": y", "X: a\rb", "X: a\0b", "X\0: b", "X: \u{2}", "A b: c",
        ])
        var text: String
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text = ([odd] + lines).map { $0 + "\r\n" }.joined() + "\r\n"
        case 1:
            lines.insert(oddField, at: Int.random(in: 0...lines.count, using: &random))
            text = ([start] + lines).map { $0 + "\r\n" }.joined() + "\r\n"
        case 2: text = ([start] + lines.filter { !$0.lowercased().hasPrefix("host:") }).map { $0 + "\r\n" }.joined() + "\r\n"
        default:
            // One line ends in a bare LF.
            let bare = Int.random(in: 0...lines.count + 1, using: &random)
            text = ([start] + lines + [""]).enumerated().map { $1 + ($0 == bare ? "\n" : "\r\n") }.joined()
        }
        return GeneratedRequest(bytes: Array(text.utf8), wanted: nil)
    }

    private static let targetCharacters = "abcXYZ019-._~!$&'()*+,;=:@/%|{}[]^\"<>\\`"

    private static func harmlessField(_ random: inout SeededGenerator) -> String {
        guard Int.random(in: 0..<5, using: &random) > 0 else {
            return random.pick(["Connection: keep-alive", "connection:Keep-Alive ", "CONNECTION:\tKEEP-ALIVE"])
        }
        let name = "x" + random.text(0...12, of: "abcXYZ019!#$%&'*+-.^_`|~")
        return name + ":" + random.text(0...40, of: "abc XYZ\t019:,;\"\\()äß€")
    }
}

extension SeededGenerator {
    mutating func text(_ length: ClosedRange<Int>, of characters: String) -> String {
        let characters = Array(characters)
        return String((0..<Int.random(in: length, using: &self)).map { _ in pick(characters) })
    }

    mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// The same bytes, cut into pieces of which none is empty.
    mutating func cut(_ bytes: [UInt8], pieces: ClosedRange<Int> = 1...8) -> [[UInt8]] {
        let cuts = (1..<Int.random(in: pieces, using: &self)).map { _ in Int.random(in: 0...bytes.count, using: &self) }.sorted()
        return zip([0] + cuts, cuts + [bytes.count]).map { Array(bytes[$0..<$1]) }.filter { !$0.isEmpty }
    }
}
