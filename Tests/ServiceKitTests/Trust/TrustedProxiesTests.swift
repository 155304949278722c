import TestSupport
import Testing

@testable import ServiceKit

@Suite("Where a request came from, behind proxies")
struct TrustedProxiesTests {
    private static let proxies = "10.0.0.0/8, 192.0.2.7\t,2001:db8::/32"

    @Test(
        "The rightmost hop that is no trusted proxy is the client",
        arguments: [
            // A stranger's word counts for nothing.
            ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"), ("203.0.113.9", ["10.0.0.1"], "203.0.113.9"),
            ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", [""], "10.0.0.1"), ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
            // What the client made up stands left of what the proxy saw.
            ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"), ("10.0.0.1", ["10.9.9.9, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", ["127.0.0.1,198.51.100.1,10.0.0.2 , 192.0.2.7"], "198.51.100.1"),
            // Several fields are one list, in their order.
            ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", ["198.51.100.1", "10.0.0.3"], "198.51.100.1"),
            ("10.0.0.1", ["198.51.100.1, 10.0.0.3", "10.0.0.4,10.0.0.5"], "198.51.100.1"),
            // All are trusted: the first of them.
            ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
            // What is no address ends the chain: what stands left of it is not believed.
            ("10.0.0.1", ["198.51.100.1, unknown"], "10.0.0.1"), ("10.0.0.1", ["198.51.100.1, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", ["198.51.100.1, 1 0.0.0.2"], "10.0.0.1"), ("10.0.0.1", ["198.51.100.1, 10.0.0.2/8"], "10.0.0.1"),
            ("10.0.0.1", ["198.51.100.1, [2001:db8::1"], "10.0.0.1"), ("10.0.0.1", ["198.51.100.1 10.0.0.2"], "10.0.0.1"),
            ("10.0.0.1", [",, ,"], "10.0.0.1"), ("10.0.0.1", ["198.51.100.1,,"], "198.51.100.1"),
            // Ports and IPv6.
            ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"), ("10.0.0.1", ["[2001:db9::1]:4711, 10.0.0.2:80"], "2001:db9::1"),
            ("2001:db8::5", ["::ffff:198.51.100.1, 2001:db8:1::2"], "198.51.100.1"),
            ("::ffff:10.0.0.1", ["2001:db9::1"], "2001:db9::1"),
        ] as [(String, [String], String)])
    func client(peer: String, forwarded: [String], client: String) throws {
        let request = request(
            fields: forwarded.map { ("X-Forwarded-For", $0) } + [("Forwarded", "for=9.9.9.9"), ("X-Real-IP", "9.9.9.9")])
        let found = try TrustedProxies(Self.proxies).client(of: request, try context(from: peer))
        #expect(found?.description == client)
    }

    @Test(
        "Without trusted proxies it is the peer, whatever the header says; without a peer it is nobody",
        arguments: [nil, "", " ,"])
    func none(text: String?) throws {
        let proxies = try TrustedProxies(text)
        let request = request(fields: [("X-Forwarded-For", "198.51.100.1")])
        #expect(proxies.client(of: request, try context(from: "127.0.0.1"))?.description == "127.0.0.1")
        #expect(proxies.client(of: request, try context()) == nil)
    }

    @Test("A client behind a trusted proxy cannot choose what it is taken for, whatever it sends")
    func spoofing() throws {
        var random = SeededGenerator()
        let proxies = try TrustedProxies(Self.proxies)
        let context = try context(from: "10.0.0.1")
        for _ in 0..<300 {
            let made = random.text(0...40, of: "0123456789.:,[] \tabcdef/%\"=;-_")
            // The proxy adds what it saw, in the same field or in another.
            let fields = Bool.random(using: &random) ? ["\(made), 198.51.100.1"] : [made, "198.51.100.1"]
            let found = proxies.client(of: request(fields: fields.map { ("X-Forwarded-For", $0) }), context)
            #expect(found?.description == "198.51.100.1", "\(random): \(fields)")
        }
    }

    @Test("What is no range is named", arguments: ["10.0.0.0/8,nonsense", "nonsense", " nonsense ,10.0.0.0/8"])
    func usage(text: String) {
        let error = #expect(throws: UsageError.self) { try TrustedProxies(text) }
        #expect(error?.description == "--trusted-proxies: nonsense is no range of addresses, such as 10.0.0.0/8.")
    }
}
