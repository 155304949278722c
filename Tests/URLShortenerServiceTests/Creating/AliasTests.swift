import TestSupport
import Testing

/// A code of one's own choice.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct AliasTests {
    @Test(arguments: ["abc", "A-Z", "_-_", "0123456789", String(repeating: "x", count: 64), "Hello-World_2026"])
    func `3 to 64 of letters, digits, underscore and hyphen are one`(_ alias: String) async throws {
        let service = try RunningService.shared
        let link = try await service.shorten("https://example.org/\(alias)", #""alias":"\#(alias)""#)
        #expect(link.id == alias && link.shortUrl == "\(service.address)/\(alias)")
        #expect(try await service.destination(of: alias) == "https://example.org/\(alias)")
    }

    @Test(arguments: [
        "", "a", "ab", String(repeating: "x", count: 65), "a b", "a/b", "a.b", "caf\u{E9}", "abc\\n", "a%20b", "a+b", "abc?",
        "..\u{2F}x",
        "\u{FF41}bc", "abc\\u0000",
    ])
    func `anything else is none`(_ alias: String) async throws {
        let reply = try await RunningService.shared.send(
            "POST", "/shorten", #"{"url":"https://example.org","alias":"\#(alias)"}"#)
        try expectProblem(reply, 400, "alias")
    }

    @Test(arguments: ["shorten", "metrics", "health", "HEALTH", "Metrics", "api", "admin", "assets", "batch"])
    func `the service's own words are reserved`(_ alias: String) async throws {
        let reply = try await RunningService.shared.send(
            "POST", "/shorten", newLink("https://example.org", #""alias":"\#(alias)""#))
        try expectProblem(reply, 400, "alias")
    }

    @Test func `of small and capital letters are two`() async throws {
        let service = try RunningService.shared
        _ = try await service.shorten("https://example.org/small", #""alias":"twice""#)
        _ = try await service.shorten("https://example.org/capital", #""alias":"Twice""#)
        #expect(try await service.destination(of: "twice") == "https://example.org/small")
        #expect(try await service.destination(of: "Twice") == "https://example.org/capital")
    }

    @Test func `a taken one is 409, also by a link that was made for it, has expired or was deleted`() async throws {
        let service = try RunningService.shared
        let made = try await service.shorten("https://example.org/made")
        let owned = try await service.shorten("https://example.org/owned", #""alias":"owned-once""#, headers: user("alice"))
        let brief = try await service.shorten("https://example.org/brief", #""alias":"brief","expiresInSeconds":1"#)
        #expect(try await service.request("DELETE", "/v1/links/\(owned.id)", headers: user("alice")).status == 204)
        try await eventually("it has expired") { try await service.visit(brief.id).status == 410 }
        for id in [made.id, owned.id, brief.id] where id.count >= 3 {
            for name in ["alice", "bob"] {
                let reply = try await service.send(
                    "POST", "/shorten", newLink("https://example.org/second", #""alias":"\#(id)""#), headers: user(name))
                try expectProblem(reply, 409, "alias")
            }
        }
        #expect(try await service.destination(of: made.id) == "https://example.org/made")
        #expect(try await service.visit(owned.id).status == 410)
    }

    @Test func `of many who want the same one gets it`() async throws {
        let service = try RunningService.shared
        for round in 0..<5 {
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        try await service.send(
                            "POST", "/shorten", newLink("https://example.org/\(index)", #""alias":"wanted-\#(round)""#)
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201] + Array(repeating: 409, count: 15))
        }
    }
}
