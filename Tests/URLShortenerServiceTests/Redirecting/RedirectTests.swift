import TestSupport
import Testing

/// Where links lead, byte for byte, and what is answered when they lead nowhere.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct RedirectTests {
    /// As they come, so they go: nothing is decoded, encoded, folded or completed.
    static let urls = [
        "https://example.org", "https://example.org/", "HTTPS://EXAMPLE.ORG/Path",
        "http://user:pass@example.org:8080/a;b?c=d&e=f#g",
        "https://example.org/%41%zz%2f%2F%00%?q=%20+%2B", "https://example.org/a/../b/./c//d", "https://example.org?",
        "https://example.org/#", "https://example.org/\"quoted\"'<>`{}|^[]\\", "https://example.org/caf\u{E9}",
        "https://example.org/cafe\u{301}", "https://\u{4F8B}\u{3048}.jp/\u{1F408}?\u{441}=\u{E9}", "https://xn--r8jz45g.jp/",
        "https://[2001:db8::1]:8443/x", "https://192.0.2.1/", "https://example.org/?url=https://example.org/?a=b#c#d",
        "https://example.org/" + String(repeating: "a", count: 8172),
        "https://example.org/" + String(repeating: "\u{E9}", count: 4086),
        "https://example.org/" + String(repeating: "%E9", count: 2724), "https://example.org/;,/?:@&=+$-_.!~*'()",
    ]

    @Test(arguments: urls)
    func `302 and the URL as it was given`(_ url: String) async throws {
        let service = try RunningService.shared
        let link = try await service.shorten(url)
        #expect(link.url.isByteForByte(url))
        // The first asks Redis, the second knows; then through the router, again twice.
        for headers in [[], [], [("Connection", "close")], [("Connection", "close")]] {
            for method in ["GET", "HEAD"] {
                let reply = try await service.visit(link.id, method, headers: headers)
                #expect(reply.status == 302, "\(reply)")
                #expect(url.isByteForByte(reply["Location"]), "\(reply["Location"] ?? "nothing")")
                #expect(reply["Cache-Control"] == "no-store")
            }
        }
        let shown: LinkBody = try await service.request("GET", "/v1/links/\(link.id)").json()
        #expect(shown == link && shown.url.isByteForByte(url))
    }

    @Test(arguments: [
        "none", "zzzzzzz", "0", String(repeating: "x", count: 64), String(repeating: "x", count: 65), "-", "_",
        String(repeating: "9", count: 4000), "a.b", "caf%C3%A9", "%00", "%FF", "none/", "none/more", "favicon.ico",
    ])
    func `what is not known is 404`(_ path: String) async throws {
        let service = try RunningService.shared
        for headers in [[], [("Connection", "close")]] {
            let reply = try await service.visit(path, headers: headers)
            try expectProblem(reply, 404)
            let head = try await service.visit(path, "HEAD", headers: headers)
            #expect(head.status == 404 && head["Location"] == nil)
        }
    }

    @Test func `a query does not belong to the id`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org/?own=1")
        for query in ["?", "?utm_source=x", "?a=b&c"] {
            for headers in [[], [("Connection", "close")]] {
                let reply = try await service.visit(link.id + query, headers: headers)
                #expect(reply.status == 302 && reply["Location"] == "https://example.org/?own=1", "\(query): \(reply)")
            }
        }
    }

    @Test func `410 what has expired, was used up or deleted`() async throws {
        let service = try RunningService.shared
        let brief = try await service.shorten("https://example.org/brief", #""expiresInSeconds":1"#)
        let single = try await service.shorten("https://example.org/single", #""maxVisits":1"#)
        let deleted = try await service.shorten("https://example.org/deleted", headers: user("alice"))
        #expect(try await service.visit(single.id).status == 302)
        #expect(try await service.visit(deleted.id).status == 302)
        #expect(try await service.request("DELETE", "/v1/links/\(deleted.id)", headers: user("alice")).status == 204)
        for link in [brief, single, deleted] {
            try await eventually("\(link.url) is gone") { try await service.visit(link.id).status == 410 }
            for headers in [[], [("Connection", "close")]] {
                let reply = try await service.visit(link.id, headers: headers)
                try expectProblem(reply, 410)
                #expect(reply["Location"] == nil && reply["Cache-Control"] == "no-store", "\(reply)")
                #expect(try await service.visit(link.id, "HEAD", headers: headers).status == 410)
            }
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
    func `other methods are not for links`(_ method: String) async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        let reply = try await service.visit(link.id, method)
        #expect([404, 405].contains(reply.status) && reply["Location"] == nil, "\(reply)")
        #expect(try await service.visit(link.id).status == 302)
    }
}
