import TestSupport
import Testing

/// `/v1/forward-auth/{policy}`: for proxies that ask before they let a request through.
@Suite(.slots(1))
struct ForwardAuthTests {
    private static let policy = #""capacity":2,"refillTokens":1,"refillPeriodMs":3600000"#

    @Test(arguments: ["", "?by=ip", "?x=1&by=ip"])
    func `by=ip counts for the peer, whatever the request says`(_ query: String) async throws {
        try await withService(.rateLimiter) { service in
            try await service.put("proxy", Self.policy)
            for (attempt, hop) in ["192.0.2.1", "192.0.2.2", "192.0.2.3"].enumerated() {
                let headers = [("X-Forwarded-For", hop), ("X-Real-IP", hop), ("Forwarded", "for=\(hop)")]
                let reply = try await service.request("GET", "/v1/forward-auth/proxy" + query, headers: headers)
                #expect(reply.status == (attempt < 2 ? 200 : 429), "\(reply)")
                #expect(reply["RateLimit-Policy"] == #""proxy";q=2;w=7200"#)
                #expect(reply["RateLimit"]?.hasPrefix(#""proxy";r=\#(max(0, 1 - attempt));t="#) == true)
                #expect((reply["Retry-After"] != nil) == (attempt == 2))
            }
            #expect(try await service.bucket("proxy", "127.0.0.1").remaining == 0)
        }
    }

    @Test func `behind trusted proxies it is the rightmost hop that is none of them`() async throws {
        let cases: [(hops: [String], key: String)] = [
            ([], "127.0.0.1"),
            (["203.0.113.1"], "203.0.113.1"),
            // What stands further left was written by strangers.
            (["198.51.100.9, 203.0.113.2"], "203.0.113.2"),
            (["nonsense, 203.0.113.3"], "203.0.113.3"),
            (["203.0.113.4, 10.1.2.3, 192.0.2.7"], "203.0.113.4"),
            (["198.51.100.9", "203.0.113.5", "10.1.2.3"], "203.0.113.5"),
            (["203.0.113.6,10.1.2.3"], "203.0.113.6"),
            (["203.0.113.7:4711"], "203.0.113.7"),
            (["[2001:db8::1]:4711, 10.0.0.1"], "2001:db8::1"),
            (["2001:DB8:0:0::2"], "2001:db8::2"),
            (["::ffff:203.0.113.8"], "203.0.113.8"),
            // Of the proxies themselves, the one that is farthest off.
            (["10.1.2.3, 192.0.2.7"], "10.1.2.3"),
            // What is no address ends the chain.
            (["203.0.113.9, unknown, 10.1.2.3"], "10.1.2.3"),
            (["192.0.2.8"], "192.0.2.8"),
        ]
        let arguments = ["--trusted-proxies", "127.0.0.0/8, 10.0.0.0/8,192.0.2.7"]
        try await withService(.rateLimiter, arguments) { service in
            for (index, (hops, key)) in cases.enumerated() {
                let policy = "hops-\(index)"
                try await service.put(policy, Self.policy)
                let headers = hops.map { ("X-Forwarded-For", $0) }
                let reply = try await service.request("GET", "/v1/forward-auth/\(policy)", headers: headers)
                #expect(reply.status == 200)
                #expect(try await service.bucket(policy, key).remaining == 1, "\(hops) counts for \(key)")
            }
        }
        // The environment's variable is the same.
        try await withService(.rateLimiter, environment: ["TRUSTED_PROXIES": "127.0.0.1"]) { service in
            let headers = [("X-Forwarded-For", "203.0.113.1")]
            #expect(try await service.request("POST", "/v1/forward-auth/default", headers: headers).status == 200)
            #expect(try await service.bucket("default", "203.0.113.1").remaining == 99)
            try expectProblem(try await service.request("GET", "/v1/forward-auth/default?by=header:"), 400, "by")
        }
    }

    @Test func `by=header counts for the header's value, and a missing one is 400`() async throws {
        try await withService(.rateLimiter) { service in
            try await service.put("keys", Self.policy)
            let path = "/v1/forward-auth/keys?by=header:X-Api-Key"
            for (attempt, method) in ["GET", "POST", "HEAD"].enumerated() {
                let connection = try await service.connect()
                let reply = try await connection.request(method, path, headers: [("x-api-key", "alpha")])
                #expect(reply.status == (attempt < 2 ? 200 : 429), "\(method): \(reply)")
            }
            #expect(try await service.bucket("keys", "alpha").remaining == 0)
            #expect(try await service.request("GET", path, headers: [("X-Api-Key", "beta")]).status == 200)

            try expectProblem(try await service.request("GET", path), 400, "X-Api-Key")
            try expectProblem(try await service.request("GET", path, headers: [("X-Api-Key", "")]), 400, "X-Api-Key")
            let long = String(repeating: "k", count: 513)
            try expectProblem(try await service.request("GET", path, headers: [("X-Api-Key", long)]), 400, "key")
            for by in ["", "nobody", "header", "header:", "header:a%20b", "IP"] {
                try expectProblem(try await service.request("GET", "/v1/forward-auth/keys?by=\(by)"), 400, "by")
            }
            try expectProblem(try await service.request("GET", "/v1/forward-auth/nowhere?by=ip"), 404, "nowhere")
        }
    }

    @Test func `deny=403 is for proxies that pass nothing else on`() async throws {
        try await withService(.rateLimiter) { service in
            try await service.put("deny", Self.policy)
            let path = "/v1/forward-auth/deny?by=header:X-Api-Key&deny=403"
            for attempt in 0..<4 {
                let reply = try await service.request("GET", path, headers: [("X-Api-Key", "a")])
                #expect(reply.status == (attempt < 2 ? 200 : 403), "\(reply)")
                #expect(reply["RateLimit-Policy"] == #""deny";q=2;w=7200"#)
                #expect((reply["Retry-After"] != nil) == (attempt >= 2))
                #expect(try reply.json(CheckAnswerBody.self).allowed == (attempt < 2))
            }
            let plain = try await service.request(
                "GET", "/v1/forward-auth/deny?by=header:X-Api-Key", headers: [("X-Api-Key", "a")])
            #expect(plain.status == 429)
        }
    }
}
