import Testing

@testable import URLShortener

@Suite("Aliases")
struct LinkCodeTests {
    private func failure(_ alias: String) -> String? {
        do throws(URLShortenerError) {
            try LinkCode.validate(alias: alias)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("3 to 64 of letters, digits, _ and -")
    func syntax() {
        for alias in ["abc", "ABC", "a-b", "___", "---", "000", "Az09_-", String(repeating: "a", count: 64)] {
            #expect(failure(alias) == nil, "\(alias)")
        }
        for alias in [
            "", "a", "ab", String(repeating: "a", count: 65), "a b", "a/b", "a.b", "äbc", "abc\n", "a%62c", "abc\u{0}",
            "ab\u{301}c",
            "\u{212A}el", "aaa?", "a+b", "..", "...",
        ] {
            #expect(failure(alias)?.hasPrefix("alias: 3 to 64") == true, "\(alias)")
        }
    }

    @Test("Reserved words in whatever case, and nothing that only looks like them")
    func reserved() {
        for alias in ["shorten", "Shorten", "HEALTH", "metrics", "assets", "admin", "api", "static", "preview", "stats"] {
            #expect(failure(alias)?.contains("reserved") == true, "\(alias)")
        }
        for alias in ["shorten1", "my-health", "api_", "metric"] { #expect(failure(alias) == nil, "\(alias)") }
        #expect(LinkCode.reservedWords.allSatisfy { $0 == $0.lowercased() })
    }

    @Test("What can be asked for")
    func validity() {
        for code in ["0", "a", "zz", String(repeating: "z", count: 64)] { #expect(LinkCode.isValid(code)) }
        for code in ["", "favicon.ico", "a b", "é", String(repeating: "z", count: 65)] { #expect(!LinkCode.isValid(code)) }
    }
}
