import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// `url-shortener shorten`: one link from a shell.
@Suite(.slots(1))
struct ShortenCommandTests {
    @Test func `what it prints leads there, whether the service's private Redis runs or not`() async throws {
        let url = "https://example.org/a?b=c%20d&e=%E2%82%AC#f"
        try await withTemporaryFolder { folder in
            let before = try await code(["shorten", url], folder)
            #expect(!FileManager.default.fileExists(atPath: folder + "/redis/redis.sock"), "that Redis has ended")
            try await withService(.urlShortener, dataDirectory: folder) { service in
                try await eventually("ready") { try await service.isReady() }
                let during = try await code(["shorten", url], folder)
                #expect(during != before)
                for code in [before, during] {
                    let reply = try await service.request("GET", "/" + code)
                    #expect(reply.status == 302 && reply["Location"] == url)
                }
                // What the service creates next is none of these.
                let codes = try await [code(["shorten", url], folder), code(["shorten", url], folder)]
                #expect(Set(codes + [before, during]).count == 4)
            }
        }
    }

    @Test func `alias, maximum of visits and expiry are those of the link`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.urlShortener, dataDirectory: folder) { service in
                try await eventually("ready") { try await service.isReady() }
                let url = "https://example.org/"
                #expect(try await code(["shorten", url, "--alias", "Once", "--max-visits", "1"], folder) == "Once")
                #expect(try await service.request("GET", "/Once").status == 302)
                #expect(try await service.request("GET", "/Once").status == 410)
                let brief = try await code(["shorten", url, "--expires-in-seconds", "1"], folder)
                try await eventually("it has expired") { try await service.request("GET", "/" + brief).status == 410 }
            }
        }
    }

    @Test func `short URLs begin with --base-url, or BASE_URL`() async throws {
        try await withRedis { server, _ in
            for base in ["https://sho.rt", "https://sho.rt/", "http://[::1]:99/below//"] {
                let shown = try await run(.urlShortener, shorten("https://example.org", server, "--base-url", base))
                let start = base.replacing(/\/+$/, with: "") + "/"
                #expect(shown.exit == .code(0) && shown.output.hasPrefix(start), "\(shown)")
                let environment = ["BASE_URL": base, "REDIS": server.url]
                let same = try await run(.urlShortener, ["shorten", "https://example.org"], environment: environment)
                #expect(same.exit == .code(0) && same.output.hasPrefix(start), "\(same)")
            }
            for base in ["sho.rt", "ftp://sho.rt", "https://", "https://sho.rt/?a", "https://me@sho.rt"] {
                let refused = try await run(.urlShortener, shorten("https://example.org", server, "--base-url", base))
                #expect(refused.exit == .code(64) && refused.errors.hasPrefix("Error: --base-url"), "\(refused)")
            }
        }
    }

    @Test func `it leases no more numbers than it uses`() async throws {
        try await withRedis { server, _ in
            var codes: [String] = []
            for _ in 0..<3 {
                let shown = try await run(.urlShortener, shorten("https://example.org", server, "--sequential"))
                codes.append(shown.output)
            }
            #expect(codes == ["0", "1", "2"].map { "http://127.0.0.1:8082/\($0)\n" })
        }
    }

    @Test func `what is not in order ends with 64, a taken alias with 73, no Redis with 69`() async throws {
        try await withRedis { server, _ in
            func expect(_ arguments: [String], _ code: Int32, _ word: String) async throws {
                let result = try await run(.urlShortener, arguments)
                #expect(result.exit == .code(code) && result.output.isEmpty, "\(arguments): \(result)")
                let first = result.errors.prefix { $0 != "\n" }
                #expect(first.hasPrefix("Error: ") && first.contains(word), "\(result.errors)")
            }
            let url = "https://example.org"
            #expect(try await run(.urlShortener, shorten(url, server, "--alias", "taken")).exit == .code(0))
            try await expect(shorten("ftp://example.org", server), 64, "http")
            try await expect(shorten("https://sho.rt/x", server, "--base-url", "https://sho.rt"), 64, "this service")
            try await expect(shorten(url, server, "--alias", "a"), 64, "--alias")
            try await expect(shorten(url, server, "--alias", "Shorten"), 64, "--alias")
            try await expect(shorten(url, server, "--alias", "taken"), 73, "--alias")
            try await expect(shorten(url, server, "--max-visits", "0"), 64, "--max-visits")
            try await expect(shorten(url, server, "--expires-in-seconds", "0"), 64, "--expires-in-seconds")
            try await expect(["shorten", "--redis", server.url], 64, "<url>")
            await server.stop()
            try await expect(shorten(url, server), 69, "Redis")
        }
    }

    private func shorten(_ url: String, _ server: EmbeddedRedis, _ arguments: String...) -> [String] {
        ["shorten", url, "--redis", server.url] + arguments
    }

    private func code(_ arguments: [String], _ folder: String) async throws -> String {
        let result = try await run(.urlShortener, arguments, environment: ["DATA_DIR": folder])
        #expect(result.exit == .code(0) && result.errors.isEmpty, "\(result)")
        let code = try #require(result.output.wholeMatch(of: #/http://127\.0\.0\.1:8082/([0-9A-Za-z]+)\n/#), "\(result)")
        return String(code.1)
    }
}
