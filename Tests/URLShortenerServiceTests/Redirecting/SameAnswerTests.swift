import TestSupport
import Testing

/// The hot path and the router's route answer the same, header for header.
@Suite(.service(.urlShortener, "--create-limit", "off", "--redirect-cache-seconds", "60"), .serialized)
struct SameAnswerTests {
    @Test func `to generated requests`() async throws {
        let service = try RunningService.shared
        var random = SeededGenerator()
        let ids = try await links(service)
        var statuses: [Int: Int] = [:]
        for _ in 0..<400 {
            let id = random.pick(ids)
            let oddities = [
                "", "", "", "", "?", "?x=y", "/", "%20", "%2F", "//", "#f", "%", "\u{E9}", ".", "?\u{E9}", "%00", "/../x",
            ]
            let start = "\(random.pick(["GET", "GET", "HEAD"])) /\(id)\(random.pick(oddities)) HTTP/1.1\r\nHost: a\r\n"
            let plain = try await answer(service, start)
            let routed = try await answer(service, start + "Connection: close\r\n")
            #expect(plain == routed, "\(random): \(start)")
            statuses[plain.status, default: 0] += 1
        }
        for status in [302, 404, 410] { #expect(statuses[status, default: 0] > 10, "\(random): \(statuses)") }
    }

    @Test(arguments: [
        "Connection: close", "Connection: keep-alive, close", "Content-Length: 0", "TE: trailers",
        "Upgrade: h2c\r\nConnection: upgrade", "Proxy-Connection: keep-alive", "Transfer-Encoding: chunked",
        "Expect: 100-continue",
    ])
    func `whatever header makes a request the router's`(_ header: String) async throws {
        let service = try RunningService.shared
        for id in try await links(service) {
            let start = "GET /\(id) HTTP/1.1\r\nHost: a\r\n"
            let body = header.contains("chunked") ? "0\r\n\r\n" : ""
            let plain = try await answer(service, start)
            let routed = try await answer(service, start + header + "\r\n", body: body)
            #expect(plain == routed, "\(id)")
        }
    }

    @Test func `the plain ones are the hot path's, the others the router's`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        func routed() async throws -> Double {
            let metrics = try await service.metrics()
            return ["/{id}", "/{code}"].reduce(0) { $0 + metrics.sum("http_request_duration_seconds_count", ["route": $1]) }
        }
        let before = try await routed()
        for header in ["", "Connection: close\r\n"] {
            for method in ["GET", "HEAD"] {
                let reply = try await answer(service, "\(method) /\(link.id) HTTP/1.1\r\nHost: a\r\n\(header)")
                #expect(reply.status == 302)
            }
        }
        #expect(try await routed() - before == 2)
    }

    /// Of every kind.
    private func links(_ service: RunningService) async throws -> [String] {
        let urls = [
            "https://example.org/", "https://example.org/caf\u{E9}\"%zz",
            "https://example.org/" + String(repeating: "x", count: 8000),
        ]
        var ids: [String] = []
        for url in urls {
            for fields in ["", #""expiresInSeconds":3600"#, #""maxVisits":1000000"#] {
                ids.append(try await service.shorten(url, fields).id)
            }
        }
        let used = try await service.shorten("https://example.org/", #""maxVisits":1"#)
        _ = try await service.visit(used.id)
        let deleted = try await service.shorten("https://example.org/", headers: user("alice"))
        _ = try await service.request("DELETE", "/v1/links/\(deleted.id)", headers: user("alice"))
        return ids + [used.id, deleted.id, "unknown", "unknown-too", String(repeating: "x", count: 100)]
    }

    /// What matters of a response.
    private struct Answer: Equatable, CustomStringConvertible {
        let status: Int
        let reason: String
        let headers: [String]
        let body: String

        init(_ reply: HTTPReply) {
            (status, reason, body) = (reply.status, reply.reason, reply.text)
            headers = reply.headers.filter { !["date", "connection"].contains($0.name.lowercased()) }.map { name, value in
                "\(name): \(value)"
            }.sorted()
        }

        var description: String { "\(status) \(reason) \(headers) \(body)" }

        static func == (one: Answer, other: Answer) -> Bool {
            one.description.utf8.elementsEqual(other.description.utf8)
        }
    }

    private func answer(_ service: RunningService, _ start: String, body: String = "") async throws -> Answer {
        let connection = try await service.connect()
        try await connection.send("\(start)\r\n\(body)")
        let isToHead = start.hasPrefix("HEAD")
        var reply = try await connection.reply(isToHead: isToHead)
        if reply.status == 100 { reply = try await connection.reply(isToHead: isToHead) }
        return Answer(reply)
    }
}
