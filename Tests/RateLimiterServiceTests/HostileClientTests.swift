import TestSupport
import Testing

/// Clients that break the rules, by mistake or on purpose: they get an error or nothing, and nobody else notices.
@Suite(.service(.rateLimiter), .serialized)
struct HostileClientTests {
    struct Attack: CustomTestStringConvertible {
        let name: String
        let text: String
        var testDescription: String { name }

        init(_ name: String, _ text: String) {
            (self.name, self.text) = (name, text)
        }
    }

    private static let hot = "GET /v1/check/default/hostile HTTP/1.1\r\n"
    private static let post = "POST /v1/check HTTP/1.1\r\nHost: a\r\n"

    static let malformed: [Attack] = [
        Attack("noise", "\u{1}\u{2}\u{3}\u{7F}\r\n\r\n"), Attack("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}"),
        Attack("empty lines and no request", "\r\n\r\nnothing\r\n\r\n"), Attack("no method", " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("no version", "GET /health/live\r\n\r\n"), Attack("version 3", "GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
        Attack("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Attack("lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("NUL in the path", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("bare CR in a header", hot + "Host: a\r\nX: a\rb\r\n\r\n"),
        Attack("NUL in a header", hot + "Host: a\r\nX: a\0b\r\n\r\n"),
        Attack("space before the colon", hot + "Host : a\r\n\r\n"), Attack("no colon", hot + "Host: a\r\nnonsense\r\n\r\n"),
        Attack("no name", hot + "Host: a\r\n: value\r\n\r\n"), Attack("bad name", hot + "Host: a\r\nX(y): value\r\n\r\n"),
        Attack("negative length", post + "Content-Length: -1\r\n\r\n"),
        Attack("wordy length", post + "Content-Length: ten\r\n\r\n"),
        Attack("enormous length", post + "Content-Length: 99999999999999999999999\r\n\r\n"),
        Attack("two lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
        Attack("bad chunk", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        Attack("enormous chunk", post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"),
        Attack("length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Attack("odd coding", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
    ]

    @Test(arguments: malformed)
    func `what is not HTTP is refused, and ends its connection`(_ attack: Attack) async throws {
        let service = try RunningService.shared
        let connection = try await service.connect()
        // What follows must not be taken for a request of its own.
        try await connection.send(attack.text + "DELETE /v1/policies/default HTTP/1.1\r\nHost: a\r\n\r\n")
        try await connection.finishSending()
        let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 505 "), "\(answer)")
        #expect(!answer.contains(" 204 "), "\(answer)")
        try await stillAnswers(service)
    }

    @Test(arguments: [
        Attack("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), Attack("no host", hot + "\r\n"),
        Attack("two hosts", hot + "Host: a\r\nHost: b\r\n\r\n"),
        Attack("folded header", hot + "Host: a\r\nX: a\r\n b\r\n\r\n"),
        Attack("bare LF", "GET /v1/check/default/hostile HTTP/1.1\nHost: a\n\n"),
        Attack("version 1.0", "GET /v1/check/default/hostile HTTP/1.0\r\n\r\n"),
        Attack("absolute target", "GET http://a/v1/check/default/hostile HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), Attack("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("a body for GET", hot + "Host: a\r\nContent-Length: 3\r\n\r\nabc"),
        Attack("an unknown expectation", hot + "Host: a\r\nExpect: nothing\r\n\r\n"),
        Attack("climbing", "GET /v1/check/../../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"),
    ])
    func `what is odd gets one answer or none`(_ attack: Attack) async throws {
        let service = try RunningService.shared
        let connection = try await service.connect()
        try await connection.send(attack.text)
        try await connection.finishSending()
        let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
        #expect(answer.isEmpty || answer.prefixMatch(of: #/HTTP\/1\.1 (200|400|404|405|417|429|501) /#) != nil, "\(answer)")
        #expect(answer.ranges(of: "HTTP/1.1 ").count <= 1, "\(answer)")
        try await stillAnswers(service)
    }

    @Test(arguments: ["/v1/check/default/a", "/health/live"])
    func `1 MB of header is refused long before it has come`(_ path: String) async throws {
        let service = try RunningService.shared
        let megabyte = String(repeating: "x", count: 1 << 20)
        let many = (0..<20_000).map { "X-\($0): \(String(repeating: "y", count: 40))\r\n" }.joined()
        for head in [
            "GET \(path) HTTP/1.1\r\nHost: a\r\nX: \(megabyte)\r\n", "GET \(path) HTTP/1.1\r\nHost: a\r\n" + many,
            "GET \(path)?\(megabyte) HTTP/1.1\r\nHost: a\r\n", "\(megabyte) \(path) HTTP/1.1\r\nHost: a\r\n",
        ] {
            let connection = try await service.connect()
            // Never ended, so an answer does not come from having read it all.
            try? await connection.send(head)
            let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
            #expect(answer.isEmpty || answer.prefixMatch(of: #/HTTP\/1\.1 (400|414|431) /#) != nil, "\(answer.prefix(200))")
        }
        try await stillAnswers(service)
    }

    @Test func `connections that end early leave nothing behind`() async throws {
        let service = try RunningService.shared
        let before = try await openDescriptors(service)
        let beginnings = [
            "", "G", "GET /v1/check/default/a HT", "GET /v1/check/default/early HTTP/1.1\r\nHost: a\r\n\r\n",
            Self.post + "Content-Length: 100\r\n\r\n{", Self.post + "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
            "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/check/default/early HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
        for round in 0..<10 {
            for beginning in beginnings {
                let connection = try await service.connect()
                try await connection.send(beginning)
                if round % 2 == 0 { try await connection.reset() }
                // Otherwise it closes with its last reference, here.
            }
        }
        try await eventually("every descriptor is closed again") { try await openDescriptors(service) <= before }
        try await stillAnswers(service)
    }

    private func openDescriptors(_ service: RunningService) async throws -> Double {
        try #require(try await service.metrics().value("process_open_fds"))
    }

    private func stillAnswers(_ service: RunningService) async throws {
        #expect(try await service.request("GET", "/v1/policies/default").status == 200)
        #expect([200, 429].contains(try await service.get("default", "hostile").status))
        #expect(service.program.ended == nil)
    }
}
