import TestSupport
import Testing

/// What a CDN may keep.
@Suite(.slots(1))
struct CachingTests {
    @Test(arguments: [(["--redirect-cache-seconds", "300"], [:]), ([], ["REDIRECT_CACHE_SECONDS": "300"])])
    func `redirects of links without expiry or maxVisits, when told so`(
        _ arguments: [String], _ environment: [String: String]
    ) async throws {
        try await withService(.urlShortener, arguments, environment: environment) { service in
            try await service.becomesReady()
            let forever = try await service.shorten("https://example.org", headers: user("alice"))
            let brief = try await service.shorten("https://example.org", #""expiresInSeconds":3600"#)
            let counted = try await service.shorten("https://example.org", #""maxVisits":2"#)
            for headers in [[], [("Connection", "close")]] {
                for method in ["GET", "HEAD"] {
                    func caching(_ id: String) async throws -> String? {
                        try await service.visit(id, method, headers: headers)["Cache-Control"]
                    }
                    #expect(try await caching(forever.id) == "public, max-age=300")
                    #expect(try await caching(brief.id) == "no-store")
                    #expect(try await caching(counted.id) == "no-store")
                    #expect(try await caching("unknown") == "no-store")
                }
            }
            // What is gone may not be kept; what gets an end no more.
            #expect(try await service.visit(counted.id).status == 410)
            #expect(try await service.visit(counted.id)["Cache-Control"] == "no-store")
            let change = try await service.send(
                "PATCH", "/v1/links/\(forever.id)", #"{"expiresInSeconds":3600}"#, headers: user("alice"))
            #expect(change.status == 200, "\(change)")
            try await eventually("the change is obeyed") {
                try await service.visit(forever.id)["Cache-Control"] == "no-store"
            }
        }
    }
}
