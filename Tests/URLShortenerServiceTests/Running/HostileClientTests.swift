import Foundation
import TestSupport
import Testing

/// Clients that break the rules, by mistake or on purpose: they get an error or nothing, and nobody else notices.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct HostileClientTests {
    private static let post = "POST /shorten HTTP/1.1\r\nHost: a\r\n"

    @Test(arguments: [
        "\u{1}\u{2}\u{3}\u{7F}\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}", " / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /abc\r\n\r\n",
        "GET /abc HTTP/3.0\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "get /abc HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /ab\0c HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /abc HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET /abc HTTP/1.1\r\nHost: a\r\nReferer: a\0b\r\n\r\n", "GET /abc HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /abc HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", post + "Content-Length: -1\r\n\r\n",
        post + "Content-Length: 99999999999999999999999\r\n\r\n", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func `what is not HTTP is refused, and ends its connection`(_ text: String) async throws {
        let service = try RunningService.shared
        let connection = try await service.connect()
        // What follows must not be taken for a request of its own.
        try await connection.send(text + "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        try await connection.finishSending()
        let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 505 "), "\(answer)")
        #expect(!answer.contains(" 200 "), "\(answer)")
        try await stillAnswers(service)
    }

    @Test(arguments: [
        "//", "///", "//example.com", "/%2e%2e", "/%2e%2e/%2e%2e/etc/passwd", "/../etc/passwd", "/.", "/..", "/%2F", "/%00",
        "/%0D%0AX:y",
        "/%", "/%zz", "/\\", "/\\\\example.com", "/ab\u{E9}", "/v1", "/v1/", "/v1/links/", "/v1/links/%2e%2e/x",
        "/v1/links//stats",
        "/assets/../x", "/assets/%2e%2e/%2e%2e/etc/passwd", "/%68ealth/live/", "/abc/def/ghi", "//abc/qr.svg", "/?", "/*",
        "/{id}", "/:id",
    ])
    func `an odd path leads nowhere`(_ path: String) async throws {
        let service = try RunningService.shared
        for header in ["", "\r\nConnection: close"] {
            let reply = try await service.request(head: "GET \(path) HTTP/1.1\r\nHost: a\(header)")
            // Slashes more or less do not matter to the router.
            #expect(
                [400, 404].contains(reply.status) || "/v1/links/".hasPrefix(path) || path.allSatisfy { "/?".contains($0) },
                "\(reply)")
            #expect([200, 400, 401, 404].contains(reply.status), "\(reply)")
            #expect(reply["Location"] == nil && !reply.text.contains("root:"))
        }
        try await stillAnswers(service)
    }

    @Test func `1 MB of path or header is refused long before it has come`() async throws {
        let service = try RunningService.shared
        let megabyte = String(repeating: "x", count: 1 << 20)
        for head in [
            "GET /\(megabyte)", "GET /abc?\(megabyte)", "GET /abc HTTP/1.1\r\nHost: a\r\nReferer: \(megabyte)\r\n",
            "GET /abc HTTP/1.1\r\nHost: a\r\n"
                + (0..<20_000).map { "X-\($0): \(String(repeating: "y", count: 40))\r\n" }.joined(),
        ] {
            let connection = try await service.connect()
            // Never ended, so an answer does not come from having read it all.
            try? await connection.send(head)
            let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
            #expect(answer.isEmpty || answer.prefixMatch(of: #/HTTP\/1\.1 (400|414|431) /#) != nil, "\(answer.prefix(200))")
        }
        try await stillAnswers(service)
    }

    @Test func `very many different unknown codes do not fill the memory`() async throws {
        let service = try RunningService.shared
        let before = try #require(try await service.metrics().value("process_resident_memory_bytes"))
        // More than are remembered.
        for round in 0..<40 {
            let connection = try await service.connect()
            let requests = (0..<2500).map { "GET /no-\(round)-\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
            try await connection.send(requests.joined())
            try await connection.finishSending()
            let answers = String(decoding: try await connection.untilClosed(), as: UTF8.self)
            #expect(answers.components(separatedBy: "HTTP/1.1 404 ").count == requests.count + 1)
        }
        let after = try #require(try await service.metrics().value("process_resident_memory_bytes"))
        #expect(after - before < 96e6, "\(before) \(after)")
        try await stillAnswers(service)
    }

    @Test func `connections that end early leave nothing behind`() async throws {
        let service = try RunningService.shared
        func openDescriptors() async throws -> Double { try await service.metrics().value("process_open_fds") ?? .infinity }
        let before = try await openDescriptors()
        for round in 0..<10 {
            for beginning in [
                "", "G", "GET /abc HT", "GET /abc HTTP/1.1\r\nHost: a\r\n\r\n", Self.post + "Content-Length: 100\r\n\r\n{",
                Self.post + "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
            ] {
                let connection = try await service.connect()
                try await connection.send(beginning)
                if round % 2 == 0 { try await connection.reset() }
                // Otherwise it closes with its last reference, here.
            }
        }
        try await eventually("every descriptor is closed again") { try await openDescriptors() <= before }
        try await stillAnswers(service)
    }

    private func stillAnswers(_ service: RunningService) async throws {
        let link = try await service.shorten("https://example.org/still")
        #expect(try await service.destination(of: link.id) == "https://example.org/still")
        #expect(service.program.ended == nil)
    }
}
