import Testing

@testable import ServiceKit

@Suite("Hot path: which requests are plain")
struct HotPathParserTests {
    @Test("A plain request is taken apart", arguments: ["GET", "HEAD"])
    func plain(method: String) {
        let text = "\(method) /hot/login/user%3A42?cost=3&x=? HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n"
        let wanted = Verdict.request(
            isHead: method == "HEAD", path: "login/user%3A42", query: "cost=3&x=?", length: text.utf8.count)
        #expect(Verdict(text) == wanted)
        #expect(Verdict(text + "GET /next") == wanted)
    }

    @Test(
        "Paths and queries stay as they were written",
        arguments: [
            ("", "", nil), ("a", "a", nil), ("?", "", ""), ("a?", "a", ""), ("a??b", "a", "?b"),
            ("//../%00;x=1", "//../%00;x=1", nil),
            ("~!$&'()*+,;=:@-._|{}^\"<>\\`", "~!$&'()*+,;=:@-._|{}^\"<>\\`", nil),
        ] as [(String, String, String?)])
    func targets(target: String, path: String, query: String?) {
        let text = "GET /hot/\(target) HTTP/1.1\r\nhost: h\r\n\r\n"
        #expect(Verdict(text) == .request(isHead: false, path: path, query: query, length: text.utf8.count))
    }

    @Test(
        "Header fields that change nothing are passed over",
        arguments: [
            "Connection: keep-alive", "CONNECTION:\t Keep-Alive \t", "Accept:", "X-Empty:   ", "Keep-Alive: timeout=5",
            "Content-Type: application/json", "Content-Lengt: 5", "Content-Lengthy: 5", "TEE: 1", "Cookie: a=b; c=\"d:e\"",
            "Upgrade-Insecure-Requests: 1", "!#$%&'*+-.^_`|~09azAZ: every character of a token", "X: \u{FC}\u{FF}", "X: a\tb",
        ])
    func harmless(field: String) {
        #expect(Verdict("GET /hot/a HTTP/1.1\r\n\(field)\r\nHost: h\r\n\r\n").isRequest)
        #expect(Verdict("GET /hot/a HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n").isRequest)
    }

    @Test("The name of Host is the same in any case", arguments: ["Host", "host", "HOST", "hOsT"])
    func hostInAnyCase(name: String) {
        #expect(Verdict("GET /hot/a HTTP/1.1\r\n\(name): h\r\n\r\n").isRequest)
    }

    @Test(
        "A request line that is not plain is for the router",
        arguments: [
            "POST /hot/a HTTP/1.1", "PUT /hot/a HTTP/1.1", "get /hot/a HTTP/1.1", "GETT /hot/a HTTP/1.1",
            "HEADER /hot/a HTTP/1.1",
            "GET  /hot/a HTTP/1.1", "GET\t/hot/a HTTP/1.1", " GET /hot/a HTTP/1.1", "GET /hot HTTP/1.1", "GET /other/a HTTP/1.1",
            "GET /HOT/a HTTP/1.1", "GET /ho%74/a HTTP/1.1", "GET //hot/a HTTP/1.1", "GET hot/a HTTP/1.1",
            "GET http://h/hot/a HTTP/1.1", "GET * HTTP/1.1", "GET /hot/a HTTP/1.0", "GET /hot/a HTTP/1.2", "GET /hot/a HTTP/2.0",
            "GET /hot/a http/1.1", "GET /hot/a HTTP/1.1 ", "GET /hot/a  HTTP/1.1", "GET /hot/a b HTTP/1.1",
            "GET /hot/a\tHTTP/1.1",
            "GET /hot/a", "GET /hot/", "GET /hot/aHTTP/1.1", "GET /hot/ HTTP/1.1 HTTP/1.1", "GET /hot/a#b HTTP/1.1",
            "GET /hot/a?b#c HTTP/1.1", "GET /hot/\u{E9} HTTP/1.1", "GET /hot/\u{7F} HTTP/1.1", "GET /hot/\u{1} HTTP/1.1",
            "GET /hot/a\0 HTTP/1.1", "GET /hot/a\r HTTP/1.1", "GET /hot/a HTTP/1.1\r", "PRI * HTTP/2.0",
        ])
    func oddRequestLine(line: String) {
        #expect(Verdict("\(line)\r\nHost: h\r\n\r\n") == .other)
    }

    @Test(
        "A header field that changes framing or the connection, or is malformed, is for the router",
        arguments: [
            "Content-Length: 0", "content-length: 5", "CONTENT-LENGTH:0", "Transfer-Encoding: chunked",
            "transfer-encoding: identity",
            "Connection: close", "Connection: Upgrade", "Connection: keep-alive, close", "Connection:",
            "Connection: keep-alive x",
            "Upgrade: websocket", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP", "Expect: 100-continue", "TE: trailers",
            "Trailer: X", "Proxy-Connection: keep-alive", "Host: second", "HOST: h",
            "Host : h", "X-A : b", "X-A\t: b", " X-A: b", "\tX-A: b", " folded", "no colon", ": no name", ":", "X A: b", "X(: b",
            "X\u{E9}: b", "X: a\0b", "X: a\rb", "\rX: b", "X: b\r", "X\0: b", "X: \u{1}", "X: \u{1B}[2J", "X: a\u{7F}",
            "X: \u{B}",
        ])
    func oddHeaderField(field: String) {
        #expect(Verdict("GET /hot/a HTTP/1.1\r\nHost: h\r\n\(field)\r\nAccept: */*\r\n\r\n") == .other)
        #expect(Verdict("GET /hot/a HTTP/1.1\r\nAccept: */*\r\n\(field)\r\nHost: h\r\n\r\n") == .other)
    }

    @Test(
        "Whole texts that are for the router",
        arguments: [
            "\r\nGET /hot/a HTTP/1.1\r\nHost: h\r\n\r\n", "\n", "\r\n", "GET /hot/a HTTP/1.1\r\n\r\n",
            "GET /hot/a HTTP/1.1\r\nAccept: */*\r\n\r\n", "GET /hot/a HTTP/1.1\nHost: h\n\n",
            "GET /hot/a HTTP/1.1\r\nHost: h\n\r\n",
            "GET /hot/a HTTP/1.1\r\nHost: h\r\n\n", "GET /hot/a HTTP/1.1\n\r\nHost: h\r\n\r\n", "GET /hot/a\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}", "GEX", "HEAX", "GET /x", "GET h", "\0",
        ])
    func oddText(text: String) {
        #expect(Verdict(text) == .other)
    }

    @Test("A head may have 8 KiB and 100 fields, however it comes")
    func limits() {
        func request(length: Int) -> [UInt8] {
            let start = "GET /hot/a HTTP/1.1\r\nHost: h\r\nX: "
            return Array((start + String(repeating: "x", count: length - start.utf8.count - 4) + "\r\n\r\n").utf8)
        }
        let largest = request(length: HotPathParser.maximumHeadLength)
        #expect(Verdict(largest).isRequest)
        #expect(Verdict(largest.dropLast()) == .incomplete)
        let tooLarge = request(length: HotPathParser.maximumHeadLength + 1)
        #expect(Verdict(tooLarge) == .other)
        #expect(Verdict(tooLarge.dropLast()) == .other)

        func request(fields: Int) -> String {
            "GET /hot/a HTTP/1.1\r\nHost: h\r\n" + String(repeating: "A: b\r\n", count: fields - 1) + "\r\n"
        }
        #expect(Verdict(request(fields: 100)).isRequest)
        #expect(Verdict(request(fields: 101)) == .other)
    }
}

extension Verdict {
    var isRequest: Bool { if case .request = self { true } else { false } }
}
