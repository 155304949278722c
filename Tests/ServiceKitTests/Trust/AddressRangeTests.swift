import TestSupport
import Testing

@testable import ServiceKit

@Suite("Ranges of addresses")
struct AddressRangeTests {
    @Test(
        "An address at its edge is in it, the next one is not",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("10.1.2.3/8", "10.0.0.0", "9.255.255.255"),
            ("192.168.4.0/22", "192.168.7.255", "192.168.8.0"), ("192.0.2.128/25", "192.0.2.255", "192.0.2.127"),
            ("192.0.2.1/32", "192.0.2.1", "192.0.2.0"), ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("128.0.0.0/1", "255.0.0.0", "127.255.255.255"), ("2001:db8::/32", "2001:db8:ffff::", "2001:db9::"),
            ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"), ("fc00::/7", "fdff::", "fe00::"),
            ("::/0", "2001::", "10.0.0.1"),
            ("::1", "::1", "::2"), ("::1/128", "::1", "::"), ("::1/127", "::", "::2"),
            // IPv4 in the clothes of IPv6, on either side.
            ("10.0.0.0/8", "::ffff:10.1.1.1", "::ffff:11.0.0.0"), ("::ffff:10.0.0.0/104", "10.1.1.1", "11.0.0.0"),
            ("::ffff:0:0/96", "1.2.3.4", "::1"), ("::ffff:10.0.0.1", "10.0.0.1", "10.0.0.2"),
        ])
    func edges(range: String, inside: String, outside: String) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(IPAddress(inside))))
        #expect(!range.contains(try #require(IPAddress(outside))))
    }

    @Test(
        "What is no range is nil",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/8 ", "10.0.0.0/ 8", "10.0.0.0/x",
            "10.0.0.0/255.0.0.0", "10.0.0/8", "10.0.0.0:80/8", "10.0.0.0:80", "[::1]/128", "::1/129", "2001:db8::/1.5",
            "::ffff:10.0.0.0/8",
            "::ffff:10.0.0.0/129", "localhost", "*", "10.0.0.0/99999999999999999999", "10.0.0.0\0/8",
        ])
    func garbage(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test("Contains exactly the addresses that share its first bits")
    func againstBits() throws {
        var random = SeededGenerator()
        for _ in 0..<3000 {
            let width = random.pick([4, 16])
            let bytes = [UInt8(0x20)] + random.bytes((width - 1)...(width - 1))
            let length = Int.random(in: 0...width * 8, using: &random)
            var other = bytes
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                // One bit changed, often near the edge of the prefix.
                let bit = min(
                    max(random.pick([length - 1, length, .random(in: 0..<width * 8, using: &random)]), 0), width * 8 - 1)
                other[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            }
            let range = try #require(AddressRange("\(Self.text(bytes))/\(length)"))
            let isInside = Self.bits(bytes).prefix(length).elementsEqual(Self.bits(other).prefix(length))
            #expect(
                range.contains(try #require(IPAddress(Self.text(other)))) == isInside,
                "\(random): \(Self.text(other)) in \(Self.text(bytes))/\(length)")
        }
    }

    private static func bits(_ bytes: [UInt8]) -> [Bool] {
        bytes.flatMap { byte in (0..<8).map { byte & (0x80 >> $0) != 0 } }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(
            separator: ":")
    }
}
