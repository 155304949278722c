import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// The limit is this service's own, whatever others on the same Redis do to its policy.
@Suite(.slots(2))
struct SharedLimitTests {
    @Test func `instances with different limits, and a policy that somebody deletes`() async throws {
        let server = try await EmbeddedRedis.temporary()
        try await withService(.urlShortener, ["--redis", server.url, "--create-limit", "60/1h"]) { wide in
            try await withService(.urlShortener, ["--redis", server.url, "--create-limit", "2/1h"]) { narrow in
                for service in [wide, narrow] { try await service.becomesReady() }
                let batch =
                    #"{"links":[\#(String(repeating: #"{"url":"https://example.org"},"#, count: 9)){"url":"https://example.org"}]}"#
                #expect(try await wide.send("POST", "/v1/links/batch", batch)["RateLimit-Policy"]?.contains("q=60") == true)
                for _ in 0..<2 { _ = try await narrow.shorten("https://example.org") }
                try expectProblem(try await narrow.send("POST", "/shorten", newLink("https://example.org")), 429)
                try await withService(.rateLimiter, ["--redis", server.url]) { limiter in
                    try await limiter.becomesReady()
                    let path = "/v1/policies/url-shortener.create.60-3600000ms"
                    #expect(try await limiter.request("DELETE", path).status == 204)
                }
                try await eventually("it goes on") {
                    try await wide.send("POST", "/shorten", newLink("https://example.org")).status == 201
                }
            }
        }
        await server.stop()
    }

    @Test func `who repeats a request is not charged again`() async throws {
        try await withService(.urlShortener, ["--create-limit", "1/1h"]) { service in
            try await service.becomesReady()
            let headers = [("Idempotency-Key", "once")]
            let first = try await service.shorten("https://example.org", headers: headers)
            for _ in 0..<3 { #expect(try await service.shorten("https://example.org", headers: headers).id == first.id) }
            let other = try await service.send("POST", "/shorten", newLink("https://example.org/other"), headers: headers)
            try expectProblem(other, 409)
        }
    }

    @Test func `an address of IPv6 is as many as its first half`() async throws {
        try await withService(.urlShortener, ["--create-limit", "2/1h", "--trusted-proxies", "127.0.0.1"]) { service in
            try await service.becomesReady()
            func from(_ address: String) -> [(String, String)] { [("X-Forwarded-For", address)] }
            for host in 1...2 { _ = try await service.shorten("https://example.org", headers: from("2001:db8:1:2::\(host)")) }
            let third = try await service.send(
                "POST", "/shorten", newLink("https://example.org"), headers: from("2001:db8:1:2::3"))
            try expectProblem(third, 429)
            _ = try await service.shorten("https://example.org", headers: from("2001:db8:1:3::1"))
        }
    }
}
