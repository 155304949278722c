import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// Whoever believes that he is somebody is never served as nobody, or as somebody else.
@Suite(.slots(1))
struct IdentityTests {
    @Test(arguments: [["ADMIN_TOKEN": "right"], ["ADMIN_TOKEN": "right", "JWT_SECRET": "a secret of these tests alone"]])
    func `a token that is nobody's makes no link of nobody's`(_ environment: [String: String]) async throws {
        try await withService(.urlShortener, environment: environment) { service in
            try await service.becomesReady()
            let reply = try await service.send(
                "POST", "/shorten", newLink("https://example.org/private"), headers: bearer("expired.or.invalid"))
            try expectProblem(reply, 401)
            #expect(reply["WWW-Authenticate"] == "Bearer")
            _ = try await service.shorten("https://example.org", headers: bearer("right"))
        }
    }

    @Test(arguments: [[("Host", "evil.example")], [("Host", "127.0.0.1"), ("Origin", "http://evil.example")]])
    func `a name counts only from this machine itself`(_ strange: [(String, String)]) async throws {
        try await withService(.urlShortener) { service in
            try await service.becomesReady()
            let link = try await service.shorten("https://example.org", headers: user("alice"))
            let fields = strange.map { "\($0): \($1)\r\n" }.joined()
            for request in ["GET /v1/links?owner=me", "DELETE /v1/links/\(link.id)"] {
                let reply = try await service.request(head: "\(request) HTTP/1.1\r\n\(fields)X-User-ID: alice\r\n")
                try expectProblem(reply, 401)
            }
            #expect(try await service.visit(link.id).status == 302)
        }
    }

    @Test func `where a link led that has ended is told to its owner alone`() async throws {
        try await withService(.urlShortener, environment: ["ADMIN_TOKEN": "right"]) { service in
            try await service.becomesReady()
            let link = try await service.shorten("https://example.org", #""maxVisits":1"#, headers: user("alice"))
            #expect(try await service.visit(link.id).status == 302)
            for headers in [[], user("bob")] {
                try expectProblem(try await service.request("GET", "/v1/links/\(link.id)", headers: headers), 410)
            }
            for headers in [user("alice"), bearer("right")] {
                #expect(try await service.request("GET", "/v1/links/\(link.id)", headers: headers).status == 200)
            }
        }
    }
}
