import TestSupport
import Testing

/// What is there for people.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct PageTests {
    @Test func `a code to scan is a picture, of each link another`() async throws {
        let service = try RunningService.shared
        let one = try await service.shorten("https://example.org/1")
        let other = try await service.shorten("https://example.org/2")
        let picture = try await service.request("GET", "/\(one.id)/qr.svg")
        #expect(picture.status == 200)
        #expect(picture["Content-Type"]?.hasPrefix("image/svg+xml") == true, "\(picture)")
        #expect(picture.text.contains("<svg") && picture.text.contains("</svg>") && !picture.text.contains("<script"))
        #expect(try await service.request("GET", "/\(other.id)/qr.svg").text != picture.text)
        #expect(try await service.request("GET", "/\(one.id)/qr.svg").text == picture.text)
    }

    @Test(arguments: [
        "https://example.org/a/long/way", "https://example.org/\"><script>alert(1)</script>",
        "https://example.org/?a=1&b=2&lt;'x'",
        "https://example.org/caf\u{E9}", "https://example.org/" + String(repeating: "x", count: 8000),
    ])
    func `a preview shows where a link leads, and does not go there`(_ url: String) async throws {
        let service = try RunningService.shared
        let link = try await service.shorten(url)
        let page = try await service.request("GET", "/\(link.id)/preview")
        #expect(page.status == 200 && page["Location"] == nil && page["Refresh"] == nil, "\(page)")
        #expect(page["Content-Type"]?.hasPrefix("text/html") == true)
        #expect(!page.text.lowercased().contains("http-equiv=\"refresh\""))
        var escaped = url
        for (plain, entity) in [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")] {
            escaped = escaped.replacing(plain, with: entity)
        }
        // Outside ASCII stand characters that deceive the eye.
        escaped = escaped.replacing("\u{E9}", with: "%C3%A9")
        let apostrophes = ["'", "&#39;", "&#x27;", "&apos;"].map { escaped.replacing("'", with: $0) }
        #expect(apostrophes.contains { page.text.contains($0) }, "\(page.text)")
        #expect(!page.text.contains("<script>alert"))
    }

    @Test(arguments: ["qr.svg", "preview"])
    func `of what is not there, or gone, there is neither`(_ page: String) async throws {
        let service = try RunningService.shared
        let deleted = try await service.shorten("https://example.org", headers: user("alice"))
        #expect(try await service.request("DELETE", "/v1/links/\(deleted.id)", headers: user("alice")).status == 204)
        try expectProblem(try await service.request("GET", "/\(deleted.id)/\(page)"), 410)
        for id in ["unknown", "no.link", "%00", String(repeating: "x", count: 65)] {
            try expectProblem(try await service.request("GET", "/\(id)/\(page)"), 404)
        }
    }

    @Test func `the page works without the network`() async throws {
        let service = try RunningService.shared
        let page = try await service.request("GET", "/")
        #expect(page.status == 200 && page["Content-Type"]?.hasPrefix("text/html") == true)
        #expect(page.text.contains("name=\"viewport\""))
        let assets = page.text.matches(of: #/(?:src|href)="([^"#]+)"/#).map { String($0.1) }
        #expect(!assets.isEmpty)
        for asset in assets where !asset.hasPrefix("data:") && !asset.hasPrefix("https://") || asset.contains(#/\.(js|css)/#) {
            #expect(asset.hasPrefix("/"), "\(asset)")
            #expect(try await service.request("GET", asset).status == 200, "\(asset)")
        }
    }

    @Test func `metrics are in Prometheus' format, and count`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org")
        #expect(try await service.visit(link.id).status == 302)
        let metrics = try await service.metrics()
        #expect(metrics.types["process_resident_memory_bytes"] == "gauge")
        #expect(metrics.types.keys.contains { $0.hasPrefix("url_shortener_") }, "\(metrics.types)")
    }
}
