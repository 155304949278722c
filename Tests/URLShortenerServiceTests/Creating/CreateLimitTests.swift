import TestSupport
import Testing

/// Nobody creates more than he may.
@Suite(.slots(1))
struct CreateLimitTests {
    @Test(arguments: [(["--create-limit", "3/1h"], [:]), ([], ["CREATE_LIMIT": "3/1h"])])
    func `per user, or per address without one`(_ arguments: [String], _ environment: [String: String]) async throws {
        try await withService(.urlShortener, arguments, environment: environment) { service in
            try await service.becomesReady()
            let created = try await service.shorten("https://example.org", headers: user("alice"))
            for who in [user("alice"), user("bob"), []] {
                let isFirst = who.first?.1 == "alice"
                for _ in 0..<(isFirst ? 2 : 3) { _ = try await service.shorten("https://example.org", headers: who) }
                for _ in 0..<2 {
                    let refused = try await service.send("POST", "/shorten", newLink("https://example.org"), headers: who)
                    try expectProblem(refused, 429)
                    #expect(refused["RateLimit-Policy"]?.wholeMatch(of: #/"[^"]+";q=3;w=3600/#) != nil, "\(refused)")
                    #expect(refused["RateLimit"]?.wholeMatch(of: #/"[^"]+";r=0;t=\d+/#) != nil, "\(refused)")
                    let wait = try #require(refused["Retry-After"].flatMap { Int($0) })
                    #expect((1...3600).contains(wait))
                }
            }
            // Everything else goes on.
            #expect(try await service.visit(created.id).status == 302)
            #expect(try await service.request("GET", "/v1/links?owner=me", headers: user("alice")).status == 200)
        }
    }

    @Test func `obeying Retry-After succeeds`() async throws {
        try await withService(.urlShortener, ["--create-limit", "1/1s"]) { service in
            try await service.becomesReady()
            _ = try await service.shorten("https://example.org", headers: user("alice"))
            var waits: [Int] = []
            try await eventually("it is allowed again") {
                let reply = try await service.send("POST", "/shorten", newLink("https://example.org"), headers: user("alice"))
                if let wait = reply["Retry-After"].flatMap({ Int($0) }) { waits.append(wait) }
                return reply.status == 201
            }
            #expect(waits.allSatisfy { $0 == 1 }, "\(waits)")
        }
    }

    @Test func `it is 60 a minute unless told otherwise, and off lifts it`() async throws {
        try await withService(.urlShortener) { service in
            try await service.becomesReady()
            var refused: HTTPReply?
            var created = 0
            // What comes back meanwhile is one a second.
            while refused == nil, created < 200 {
                let reply = try await service.send("POST", "/shorten", newLink("https://example.org"))
                if reply.status == 201 { created += 1 } else { refused = reply }
            }
            #expect(created >= 60)
            #expect(refused?["RateLimit-Policy"]?.hasSuffix(";q=60;w=60") == true, "\(created): \(String(describing: refused))")
        }
        try await withService(.urlShortener, ["--create-limit", "off"], environment: ["CREATE_LIMIT": "1/1h"]) { service in
            try await service.becomesReady()
            for _ in 0..<100 { _ = try await service.shorten("https://example.org") }
        }
    }

    @Test func `a batch is no way around it`() async throws {
        try await withService(.urlShortener, ["--create-limit", "5/1h"]) { service in
            try await service.becomesReady()
            func batch(of count: Int) async throws -> HTTPReply {
                let links = Array(repeating: #"{"url":"https://example.org"}"#, count: count).joined(separator: ",")
                return try await service.send("POST", "/v1/links/batch", #"{"links":[\#(links)]}"#, headers: user("alice"))
            }
            #expect(try await batch(of: 3).status == 200)
            try expectProblem(try await batch(of: 3), 429)
            #expect(try await batch(of: 2).status == 200)
            try expectProblem(
                try await service.send("POST", "/shorten", newLink("https://example.org"), headers: user("alice")), 429)
        }
    }

    @Test func `behind trusted proxies it is the address of the client`() async throws {
        func forwarded(_ hops: String) -> [(String, String)] { [("X-Forwarded-For", hops)] }
        let limit = ["--create-limit", "1/1h"]
        for (arguments, environment) in [
            (["--trusted-proxies", "127.0.0.0/8,10.0.0.0/8"], [:]), ([], ["TRUSTED_PROXIES": "127.0.0.0/8,10.0.0.0/8"]),
        ] {
            try await withService(.urlShortener, limit + arguments, environment: environment) { service in
                try await service.becomesReady()
                for hops in ["203.0.113.1", "203.0.113.2", "203.0.113.66, 203.0.113.3, 10.1.2.3"] {
                    _ = try await service.shorten("https://example.org", headers: forwarded(hops))
                }
                for hops in ["203.0.113.1", "198.51.100.1, 203.0.113.2", "203.0.113.3"] {
                    let reply = try await service.send(
                        "POST", "/shorten", newLink("https://example.org"), headers: forwarded(hops))
                    try expectProblem(reply, 429)
                }
            }
        }
        try await withService(.urlShortener, limit) { service in
            try await service.becomesReady()
            _ = try await service.shorten("https://example.org", headers: forwarded("203.0.113.1"))
            let reply = try await service.send(
                "POST", "/shorten", newLink("https://example.org"), headers: forwarded("203.0.113.2"))
            try expectProblem(reply, 429)
        }
    }
}
