import TestSupport
import Testing

@testable import URLShortener

@Suite("The record of a link")
struct LinkRecordTests {
    private func randomOwner(_ random: inout SeededGenerator) -> String? {
        random.pick([nil, "", "-", "alice", "a b", "ü/%\n", "\u{0}", "user@example.com", "😀", "a-b"])
    }

    private func randomRecord(_ random: inout SeededGenerator) -> LinkRecord {
        let url = random.pick([
            "https://example.com/", "http://a", "https://example.com/ä?q=%20#f",
            "https://x/" + String(repeating: "y", count: 8_000),
        ])
        let record = LinkRecord(
            url: url, createdAtMilliseconds: .random(in: 0..<1 << 53, using: &random),
            expiresAtMilliseconds: Bool.random(using: &random) ? .random(in: 1..<1 << 53, using: &random) : nil,
            maxVisits: Bool.random(using: &random) ? .random(in: 1...1_000_000_000, using: &random) : nil,
            owner: randomOwner(&random))
        return Bool.random(using: &random) ? record : record.tombstone(at: .random(in: 0..<1 << 53, using: &random))
    }

    @Test("Reads back as it was written")
    func roundTrip() {
        var random = SeededGenerator()
        for _ in 0..<500 {
            let record = randomRecord(&random)
            #expect(LinkRecord(decoding: record.encoded) == record, "\(random)")
        }
        let record = LinkRecord(url: "https://example.com/?a=b", createdAtMilliseconds: 7, maxVisits: 3, owner: "a b")
        #expect(String(decoding: record.encoded, as: UTF8.self) == "1 7 0 3 a%20b\nhttps://example.com/?a=b")
        #expect(String(decoding: record.tombstone(at: 9).encoded, as: UTF8.self) == "0 7 9 0 a%20b\n")
    }

    @Test("Other bytes are none, or encode to exactly themselves")
    func hostile() {
        var random = SeededGenerator()
        let alphabet = Array("01 -%AZaz\n\r\t\u{0}.~\u{7F}9".utf8) + [0xFF, 0xC3, 0x80]
        for _ in 0..<20_000 {
            var bytes = randomRecord(&random).encoded
            if bytes.count > 200 { bytes.removeLast(bytes.count - 100) }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0...min(bytes.count, 60), using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(random.pick(alphabet), at: index)
                case 1 where index < bytes.count: bytes.remove(at: index)
                default: if index < bytes.count { bytes[index] = random.pick(alphabet) }
                }
            }
            if let record = LinkRecord(decoding: bytes) { #expect(record.encoded == bytes, "\(random)") }
        }
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in random.pick(alphabet) }
            if let record = LinkRecord(decoding: bytes) { #expect(record.encoded == bytes, "\(random)") }
        }
    }

    @Test(
        "What is no record",
        arguments: [
            "", "\n", "1", "1 1 0 0 -", "1 1 0 0 -\n", "1 1 0 0\nhttp://a", "1 1 0 0 - -\nhttp://a", "2 1 0 0 -\nhttp://a",
            "1 01 0 0 -\nhttp://a", "1 -1 0 0 -\nhttp://a", "1 +1 0 0 -\nhttp://a", "1 1 0 0 %2d\nhttp://a",
            "1 1 0 0 %41\nhttp://a",
            "1 1 0 0 %\nhttp://a", "1 1 0 0 %FF\nhttp://a", "1 1 0 0 a-b\nhttp://a", "0 1 1 0 -\nhttp://a", "0 1 1 5 -\n",
            "1 99999999999999999999 0 0 -\nhttp://a", "1 9999999999999999 0 0 -\nhttp://a",
            "1 1 0 0 -\nhttp://a\r\nSet-Cookie: a=b",
            "1 1 0 0 -\nhttp://a b", " 1 1 0 0 -\nhttp://a", "1  1 0 0 -\nhttp://a", "１ 1 0 0 -\nhttp://a",
        ])
    func malformed(text: String) {
        #expect(LinkRecord(decoding: Array(text.utf8)) == nil)
    }

    @Test("Expires at the millisecond that it names")
    func expiry() {
        let record = LinkRecord(url: "http://a", createdAtMilliseconds: 0, expiresAtMilliseconds: 1_000)
        #expect(!record.isExpired(at: 999) && record.isExpired(at: 1_000) && record.isExpired(at: .max))
        #expect(!LinkRecord(url: "http://a", createdAtMilliseconds: 0).isExpired(at: .max))
    }
}
