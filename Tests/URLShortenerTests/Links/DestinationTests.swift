import TestSupport
import Testing

@testable import URLShortener

@Suite("What may be shortened")
struct DestinationTests {
    private func failure(_ url: String, own: [String] = []) -> String? {
        do throws(URLShortenerError) {
            _ = try NewLink(url: url).record(ownHosts: own.compactMap { HostAndPort($0) }, now: 0)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "http and https to any host, kept byte for byte",
        arguments: [
            "http://example.com", "https://example.com/", "HTTPS://EXAMPLE.com/Path?Query=%20#Fragment", "http://a",
            "http://localhost:3000/x",
            "http://user:secret@example.com:8080/", "http://127.0.0.1:9/", "http://[::1]/", "http://[2001:db8::1]:8080/a",
            "https://example.com:/",
            "https://example.com.", "https://de.wikipedia.org/wiki/Käse", "https://bücher.example/",
            "https://xn--bcher-kva.example/",
            "http://a_b.example", "http://example.com/a@b", "http://example.com?x=http://other", "http://example.com/\\",
            "http://1.2.3.4",
            "http://0x7f.1/", "http://%65xample.com/", "http://example.com/%zz", "http://😀.example/",
            "http://example.com/\u{202E}",
        ])
    func allowed(url: String) throws {
        #expect(failure(url) == nil)
        #expect(try NewLink(url: url).record(ownHosts: [], now: 0).url == url)
    }

    @Test(
        "Neither other schemes, nor nothing, nor what no host can be called",
        arguments: [
            "", " ", "example.com", "//example.com", "/path", "http:", "http:/", "http://", "http:///path", "https://?q",
            "https://#f",
            "http:example.com", "http:/example.com", "http:\\\\example.com", "ftp://example.com",
            "javascript://example.com/%0Aalert(1)",
            "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@example.com", "htt\u{440}://example.com",
            " http://a",
            "http://a ", "http://exa mple.com", "http://a\n", "http://a/\r\nSet-Cookie: x=y", "http://a/\t", "http://a/\u{0}",
            "http://a/\u{7F}",
            "http://a/\u{A0}", "http://a/\u{2028}", "http://a/\u{85}", "http://:80/", "http://@/", "http://user@/", "http://a:b/",
            "http://a:0/",
            "http://a:65536/", "http://a:99999999999999999999/", "http://a:+80/", "http://a:80:80/", "http://a..b/", "http://.a/",
            "http://../",
            "http://./", "http://%/", "http://%zz/", "http://a%00b/", "http://a%2Fb/", "http://a%40b/", "http://[::1/",
            "http://[]/",
            "http://[1.2.3.4]/", "http://[::1]x/", "http://[fe80::1%25eth0]/", "http://1.2.3.256/", "http://1.2.3.4.5/",
            "http://256.0x/",
            "http://0x1ffffffff/", "http://08/", "http://a<b/", "http://a,b/", "http://a\\\u{301}@b/", "http://a:\u{301}80/",
            "http://a.\u{301}b/", "http://a\\@b/", "http://ａ\u{FF0F}b/",
            "http://" + String(repeating: "a", count: 64), "http://" + String(repeating: "a.", count: 130),
            "view-source:http://a",
        ])
    func refused(url: String) {
        #expect(failure(url)?.hasPrefix("url: ") == true)
    }

    @Test("At most 8,192 bytes")
    func length() {
        let prefix = "http://example.com/"
        #expect(failure(prefix + String(repeating: "a", count: 8_192 - prefix.utf8.count)) == nil)
        #expect(failure(prefix + String(repeating: "a", count: 8_193 - prefix.utf8.count))?.contains("8192") == true)
        #expect(failure(prefix + String(repeating: "ä", count: 4_090))?.contains("8192") == true)
    }

    @Test(
        "Never back to the service, however it is written",
        arguments: [
            "http://sho.rt", "https://sho.rt/abc", "http://SHO.RT/", "http://sho.rt./", "http://sho.rt:80/",
            "http://sho.rt:8443/", "https://sho.rt:/",
            "http://good.example@sho.rt/", "http://good.example:80@sho.rt/", "http://a@b@sho.rt/", "http://sho%2Ert/",
            "http://%73ho.rt/",
            "http://ｓｈｏ.rt/", "http://sho。rt/", "http://sho．rt/", "http://s\u{AD}ho.rt/", "http://sho.rt?x", "http://sho.rt#x",
            "http://ﬀ@sho.rt/", "http://\u{17F}ho.rt/", "http://sho.rt/\u{301}@good.example/",
            "http://sho.rt?\u{301}@good.example/", "http://good.example@\u{AD}sho.rt/", "http://good.example:\u{301}@sho.rt:80",
        ])
    func ownHost(url: String) {
        #expect(failure(url, own: ["sho.rt"]) == URLShortenerError.ownHost.description)
        #expect(failure(url, own: ["SHO.RT."]) == URLShortenerError.ownHost.description)
        #expect(failure(url) == nil)
    }

    @Test(
        "The machine itself by any of its names, at the service's port",
        arguments: [
            "http://127.0.0.1:8082/", "http://localhost:8082/", "http://LOCALHOST.:8082/x", "http://127.1:8082/",
            "http://2130706433:8082/",
            "http://0x7f.0.0.1:8082/", "http://0177.0.0.1:8082/", "http://127.0.0.2:8082/", "http://0.0.0.0:8082/",
            "http://0:8082/",
            "http://[::1]:8082/", "http://[::]:8082/", "http://[::ffff:127.0.0.1]:8082/", "http://[0:0:0:0:0:0:0:1]:8082/",
            "http://a.localhost:8082/",
        ])
    func loopback(url: String) {
        #expect(failure(url, own: ["127.0.0.1:8082"]) == URLShortenerError.ownHost.description)
        #expect(failure(url, own: ["localhost:8082"]) == URLShortenerError.ownHost.description)
        #expect(failure(url, own: ["[::1]:8082"]) == URLShortenerError.ownHost.description)
        #expect(failure(url, own: ["127.0.0.1:8083", "127.0.0.1:80"]) == nil)
    }

    @Test("Other hosts are not the service's")
    func others() {
        for url in [
            "http://sho.rt.example/", "http://xsho.rt/", "http://sho-rt/", "http://sho.rt@example.com/",
            "http://sho.rt:80@example.com/",
            "http://example.com/sho.rt", "http://example.com/@sho.rt", "http://example.com?@sho.rt/",
            "http://example.com#@sho.rt",
        ] {
            #expect(failure(url, own: ["sho.rt"]) == nil, "\(url)")
        }
        #expect(failure("https://sho.rt/", own: ["sho.rt:80"]) == nil)
        #expect(failure("http://sho.rt/", own: ["sho.rt:80"]) != nil)
        #expect(failure("https://sho.rt/", own: ["sho.rt:443"]) != nil)
        #expect(failure("http://[2001:db8::1]/", own: ["[2001:db8:0::0001]"]) != nil)
    }

    @Test("Any text is a destination or an error, never a crash, and white space never passes")
    func anyText() {
        var random = SeededGenerator()
        let parts = [
            "http", "https", "://", ":", "/", "//", "\\", "@", "[", "]", "::1", "%", "%41", "%C3%A9", ".", "..", "a", "example",
            "127", "0x", "0x7f",
            "1", "999999", "?", "#", " ", "\t", "\u{0}", "é", "。", "\u{AD}", "😀", "\u{301}", "-", "_", "65535",
        ]
        for _ in 0..<20_000 {
            let url =
                (random.next() % 2 == 0 ? "http://" : "")
                + (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(parts) }.joined()
            if failure(url, own: ["example"]) == nil {
                #expect(url.lowercased().hasPrefix("http"), "\(random)")
                #expect(!url.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F }, "\(random)")
            }
        }
    }

    @Test("Expiry and visits have bounds, and the error names the field")
    func bounds() throws {
        func failure(_ link: NewLink) -> String {
            do throws(URLShortenerError) {
                _ = try link.record(ownHosts: [], now: 0)
                return ""
            } catch {
                return error.description
            }
        }
        for seconds in [0, -1, .min, .max, 3_153_600_001] {
            #expect(failure(NewLink(url: "http://a", expiresInSeconds: seconds)).hasPrefix("expiresInSeconds: "))
        }
        for visits in [0, -1, .min, .max, 1_000_000_001] {
            #expect(failure(NewLink(url: "http://a", maxVisits: visits)).hasPrefix("maxVisits: "))
        }
        let record = try NewLink(url: "http://a", expiresInSeconds: 3_153_600_000, maxVisits: 1_000_000_000, owner: "o")
            .record(ownHosts: [], now: 5)
        #expect(record.expiresAtMilliseconds == 3_153_600_000_005 && record.maxVisits == 1_000_000_000 && record.owner == "o")
    }

    @Test("A request's digest tells any two apart, and a key its owner's")
    func digests() throws {
        let links = [
            NewLink(url: "http://a"), NewLink(url: "http://ab"), NewLink(url: "http://a", alias: "b"),
            NewLink(url: "http://a", expiresInSeconds: 1),
            NewLink(url: "http://a", maxVisits: 1), NewLink(url: "http://a", owner: ""), NewLink(url: "http://a", owner: "b"),
            NewLink(url: "http://a", expiresInSeconds: 11), NewLink(url: "http://a", expiresInSeconds: 1, maxVisits: 1),
        ]
        #expect(Set(links.map(\.digest)).count == links.count)
        #expect(NewLink(url: "http://a").digest == links[0].digest)
        let keys = try [
            IdempotencyKey("k", of: .user("u")), IdempotencyKey("k", of: .address("u")), IdempotencyKey("k", of: .user("v")),
            IdempotencyKey("uk", of: .user("")), IdempotencyKey("ku", of: .user("")),
        ]
        #expect(Set(keys.map(\.digest)).count == keys.count)
        for key in ["", String(repeating: "k", count: 256), "a\n", "ä", "\u{7F}"] {
            #expect(throws: URLShortenerError.self) { try IdempotencyKey(key, of: .user("u")) }
        }
        #expect(throws: Never.self) { try IdempotencyKey(String(repeating: "k", count: 255), of: .user("u")) }
    }
}
