import TestSupport
import Testing

/// What is wrong with a link to be created is said, and names the field.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct ShortenProblemTests {
    private static let good = #""url":"https://example.org""#

    @Test(arguments: [
        ("{", "JSON"), ("", "JSON"), ("[]", ""), ("null", ""), ("7", ""), (#"{"url":"https://example.org""#, "JSON"),
        ("{}", "url"), (#"{"alias":"abc"}"#, "url"), (#"{"url":null}"#, "url"), (#"{"url":7}"#, "url"),
        (#"{"url":["a"]}"#, "url"),
        (#"{\#(good),"alias":7}"#, "alias"), (#"{\#(good),"alias":["abc"]}"#, "alias"),
        (#"{\#(good),"expiresInSeconds":"60"}"#, "expiresInSeconds"), (#"{\#(good),"expiresInSeconds":1.5}"#, "expiresInSeconds"),
        (#"{\#(good),"expiresInSeconds":0}"#, "expiresInSeconds"), (#"{\#(good),"expiresInSeconds":-1}"#, "expiresInSeconds"),
        (#"{\#(good),"expiresInSeconds":99999999999999999999}"#, "expiresInSeconds"),
        (#"{\#(good),"expiresInSeconds":9223372036854775807}"#, "expiresInSeconds"),
        (#"{\#(good),"expiresInSeconds":true}"#, "expiresInSeconds"),
        (#"{\#(good),"maxVisits":0}"#, "maxVisits"), (#"{\#(good),"maxVisits":-1}"#, "maxVisits"),
        (#"{\#(good),"maxVisits":"1"}"#, "maxVisits"), (#"{\#(good),"maxVisits":1.5}"#, "maxVisits"),
        (#"{\#(good),"maxVisits":{}}"#, "maxVisits"), (#"{\#(good),"maxVisits":9223372036854775808}"#, "maxVisits"),
    ])
    func `a body that is not in order`(_ body: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.send("POST", "/shorten", body), 400, word)
    }

    @Test(arguments: [
        "", "x", "example.org", "//example.org", "/path", "ftp://example.org", "javascript:alert(1)",
        "JavaScript://example.org/%0Aalert(1)",
        "data:text/html,x", "mailto:a@example.org", "file:///etc/passwd", "http:", "http://", "https://", "https:///path",
        "http:example.org", "http://:80", "http://?q", "http://#f", "http://user@", "http://exa mple.org",
        "https://example.org/a b",
        "https://example.org/\r\nX: y", "https://example.org/\u{0}", " https://example.org", "https://example.org\n",
        "http://example.org:99999", "http://example.org:port", "http://[::1", "http://[nonsense]/", "http://example..org",
        "https://example.org\\@evil.example",
    ])
    func `what is no URL of the web`(_ url: String) async throws {
        try expectProblem(try await RunningService.shared.send("POST", "/shorten", newLink(url)), 400, "url")
    }

    @Test func `8,192 bytes are a URL, and one more is none`() async throws {
        let service = try RunningService.shared
        let base = "https://example.org/"
        for filling in ["a", "\u{E9}"] {
            let longest = base + String(repeating: filling, count: (8192 - base.utf8.count) / filling.utf8.count)
            #expect(longest.utf8.count == 8192)
            let link = try await service.shorten(longest)
            #expect(link.url == longest)
            try expectProblem(try await service.send("POST", "/shorten", newLink(longest + "b")), 400, "url")
        }
    }

    @Test(arguments: [
        ("alias=abc", "url"), ("", "url"), ("url=", "url"), ("url=https://example.org&maxVisits=many", "maxVisits"),
        ("url=https://example.org&expiresInSeconds=1.5", "expiresInSeconds"),
        ("url=https://example.org&maxVisits=0", "maxVisits"),
        ("url=https://example.org&alias=a", "alias"), ("url=https://example.org&alias=%FF%FE%FD", "UTF-8"), ("url=%FF", "UTF-8"),
    ])
    func `a form that is not in order`(_ body: String, _ word: String) async throws {
        let reply = try await RunningService.shared.request(
            "POST", "/shorten", headers: [("Content-Type", "application/x-www-form-urlencoded")], body: body)
        try expectProblem(reply, 400, word)
    }

    @Test func `a body that is not UTF-8, and one that is too large`() async throws {
        let service = try RunningService.shared
        let connection = try await service.connect()
        let body = Array(#"{"url":"https://example.org/"#.utf8) + [0xFF, 0xC3] + Array(#""}"#.utf8)
        try await connection.send(
            "POST /shorten HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n")
        try await connection.send(body)
        try expectProblem(try await connection.reply(), 400)

        let large = try await service.connect()
        // The server may answer, and close, before it has read all.
        try? await large.send("POST", "/shorten", body: "{\(Self.good)" + String(repeating: " ", count: 17 << 20) + "}")
        try expectProblem(try await large.reply(), 413)
    }
}
