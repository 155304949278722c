import NIOCore
import ServiceKit
import TestSupport
import Testing

@testable import ride_hailing

/// Positions are read in two ways, which must mean the same.
@Suite struct PlainLocationTests {
    private static let numbers = [
        "1", "-1", "0", "-0", "0.5", "-12.25", "90", "-90", "90.0000001", "180", "-180", "180.5", "40.7512345678901234567", "01",
        "1.",
        ".5", "+1", "1e1", "1E2", "NaN", "null", "\"1\"", "--1", "1 1", "", "123456789012345678901234567890", "1_0", "0x1", "360",
        "361",
    ]
    private static let times = [
        #""2026-11-21T09:00:00.000Z""#, #""1969-12-31T23:59:59Z""#, #""2026-11-21T09:00:00+01:00""#, #""2026-02-30T00:00:00Z""#,
        #""""#, "1", "null", #""2026-11-21T09:00:00\u005a""#,
    ]

    private static func frame(_ random: inout SeededGenerator) -> String {
        func space() -> String {
            Int.random(in: 0..<6, using: &random) == 0 ? random.pick([" ", "\t", "\n", "\r", "\u{A0}"]) : ""
        }
        // Most are in order, or nearly.
        func number() -> String { Int.random(in: 0..<4, using: &random) > 0 ? "12.5" : random.pick(Self.numbers) }
        var members = [#""type":"location""#, "\"lat\":\(number())", "\"lon\":\(number())"]
        if Bool.random(using: &random) { members.append("\"heading\":\(number())") }
        if Bool.random(using: &random) { members.append("\"at\":\(random.pick(Self.times))") }
        switch Int.random(in: 0..<12, using: &random) {
        case 0: members.append(random.pick(members))
        case 1: members.remove(at: Int.random(in: members.indices, using: &random))
        case 2: members.append(random.pick([#""more":1"#, #""l\u0061t":3"#, #""LAT":1"#, #""type":"accept""#, "\"\":0"]))
        case 3:
            members[0] = random.pick([#""type":"Location""#, #""type":7"#, #""type":"l\u006fcation""#, #""type" "location""#])
        default: break
        }
        members.shuffle(using: &random)
        let text = members.map { space() + $0 + space() }.joined(separator: ",")
        let end = random.pick(["}", "}", "}", "}", "}", "}}", "", "} ", "},", "]"])
        return space() + "{" + text + end
    }

    @Test func `what the quick one takes, the parser reads in the same way`() throws {
        struct Head: Decodable { let type: String }
        var random = SeededGenerator()
        var quick = 0
        for _ in 0..<20_000 {
            let frame = Self.frame(&random)
            let bytes = ByteBuffer(string: frame)
            guard let location = bytes.withUnsafeReadableBytes({ PlainLocation.read($0) }) else { continue }
            quick += 1
            let head = try? JSONBody.decode(Head.self, from: bytes)
            let parsed = try? JSONBody.decode(LocationBody.self, from: bytes)
            #expect(head?.type == "location" && parsed == location, "\(frame) \(random)")
        }
        #expect(quick > 2000, "\(quick): too few to tell anything; \(random)")
        let plain = #"{"type":"location","lat":40.75,"lon":-73.98,"heading":90,"at":"2026-11-21T09:00:00.000Z"}"#
        #expect(ByteBuffer(string: plain).withUnsafeReadableBytes { PlainLocation.read($0) } != nil)
    }
}
