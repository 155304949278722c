import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// Each option has an environment variable of its name, and the command line wins.
@Suite(.slots(1))
struct ConfigurationTests {
    @Test func `the command line wins over the environment`() async throws {
        try await withTemporaryFolder { folder in
            let environment = [
                "HOST": "0.0.0.0", "PORT": "99999", "THREADS": "none", "LOG_LEVEL": "loud", "FSYNC": "never",
                "DATA_DIR": "/dev/null/data", "REDIS": "nonsense", "TRUSTED_PROXIES": "nonsense", "BASE_URL": "nonsense",
                "CREATE_LIMIT": "nonsense", "REDIRECT_CACHE_SECONDS": "nonsense", "COUNTRY_HEADER": "a b",
            ]
            try await withRedis { server, redis in
                let arguments = [
                    "--host", "127.0.0.1", "--threads", "1", "--log-level", "critical", "--fsync", "always", "--data-dir",
                    folder + "/data", "--redis", server.url, "--trusted-proxies", "127.0.0.0/8", "--base-url",
                    "http://sho.rt:8080",
                    "--create-limit", "5/1h", "--redirect-cache-seconds", "7", "--country-header", "CF-IPCountry",
                ]
                try await withService(.urlShortener, arguments, environment: environment) { service in
                    #expect(service.host == "127.0.0.1")
                    try await service.becomesReady()
                    let link = try await service.shorten("https://example.org")
                    #expect(link.shortUrl == "http://sho.rt:8080/\(link.id)")
                    #expect(try await service.visit(link.id)["Cache-Control"] == "public, max-age=7")
                    #expect(service.program.standardError.isEmpty, "\(service.program.standardError)")
                    let isStored: Int = try await redis.send(RedisCommand("EXISTS", "url-shortener:link:{\(link.id)}")).decode()
                    #expect(isStored == 1)
                }
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/data"), "a Redis was named, so there is no private one")
        }
    }

    @Test func `a private Redis keeps the links`() async throws {
        try await withTemporaryFolder { folder in
            let link = try await withService(.urlShortener, dataDirectory: folder) { service in
                try await service.becomesReady()
                let link = try await service.shorten("https://example.org/kept")
                service.program.signal(SIGTERM)
                #expect(try await service.program.exit() == .code(0))
                return link
            }
            try await withService(.urlShortener, dataDirectory: folder) { service in
                try await service.becomesReady()
                #expect(try await service.destination(of: link.id) == "https://example.org/kept")
                #expect(try await service.shorten("https://example.org").id != link.id)
            }
        }
    }

    @Test func `a service for strangers wants a token, or --insecure and a warning`() async throws {
        try await withService(.urlShortener, ["--host", "0.0.0.0"], environment: ["ADMIN_TOKEN": "admin"]) { service in
            let live = try await service.request("GET", "/health/live")
            #expect(service.host == "0.0.0.0" && live.status == 200)
        }
        try await withService(.urlShortener, ["--host", "0.0.0.0", "--insecure"]) { service in
            try await service.becomesReady()
            // No names without a secret, and no administration without a token.
            let link = try await service.shorten("https://example.org", headers: user("alice"))
            try expectProblem(try await service.request("DELETE", "/v1/links/\(link.id)", headers: user("alice")), 401)
            try expectProblem(try await service.request("GET", "/v1/links?owner=me", headers: user("alice")), 401)
            #expect(service.program.standardError.contains(" warning "), "\(service.program.standardError)")
        }
    }
}
