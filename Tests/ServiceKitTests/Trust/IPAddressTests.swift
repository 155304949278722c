import TestSupport
import Testing

@testable import ServiceKit

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "Is read, and written in canonical form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("192.0.2.1:80", "192.0.2.1"),
            ("192.0.2.1:65535", "192.0.2.1"), ("::1", "::1"), ("::", "::"), ("2001:DB8::0001", "2001:db8::1"),
            ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1::", "1::"),
            ("[2001:db8::1]", "2001:db8::1"), ("[2001:db8::1]:443", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"),
            ("::FFFF:c000:201", "192.0.2.1"), ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ])
    func read(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(address.bytes.count == (canonical.contains(":") ? 16 : 4))
    }

    @Test(
        "What is no address is nil",
        arguments: [
            "", " ", "localhost", "1", "127.1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4",
            "0x7f.1.1.1",
            "1.2.3.4/8", "1.2.3.4:", "1.2.3.4:http", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:80:80", "1.2.3.4\u{0}",
            "1.2.3.4\0.evil",
            ":", ":80", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "fe80::1%eth0", "[::1", "::1]",
            "[]", "[]:80",
            "[::1]evil", "[::1]:", "[::1]:x", "[::1]80", "[[::1]]", "[localhost]", "unknown", "_hidden", "１.2.3.4", "1.2.3.4\n",
            "\u{660}.1.1.1",
            String(repeating: "1", count: 10_000), String(repeating: ":", count: 10_000),
        ])
    func garbage(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("Any address is written as RFC 5952 has it, and read back")
    func roundTrip() throws {
        var random = SeededGenerator()
        for _ in 0..<2000 {
            // Mostly zeros, so that there are runs of them. Not ::/96, where old IPv4 forms live.
            var groups = (0..<8).map { _ in random.pick([0, 0, 1, 0xFF, UInt16.random(in: .min ... .max, using: &random)]) }
            if groups.prefix(5).allSatisfy({ $0 == 0 }) { groups[0] = 0x2001 }
            let text = groups.map { String($0, radix: 16) }.joined(separator: ":")
            let address = try #require(IPAddress(text), "\(random): \(text)")
            #expect(address.bytes == groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, "\(random)")
            #expect(address.description == Self.canonical(groups), "\(random): \(text)")
            #expect(IPAddress(address.description) == address, "\(random): \(text)")

            let four = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
            let dotted = four.map(String.init).joined(separator: ".")
            #expect(IPAddress(dotted)?.bytes == four && IPAddress(dotted)?.description == dotted, "\(random)")
            #expect(IPAddress("::ffff:\(dotted)") == IPAddress(dotted), "\(random)")
        }
    }

    /// RFC 5952, section 4: the first of the longest runs of two or more zeros is `::`.
    private static func canonical(_ groups: [UInt16]) -> String {
        var longest = 0..<0
        for start in groups.indices {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > max(longest.count, 1) { longest = start..<end }
        }
        func text(_ groups: ArraySlice<UInt16>) -> String { groups.map { String($0, radix: 16) }.joined(separator: ":") }
        if longest.isEmpty { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
