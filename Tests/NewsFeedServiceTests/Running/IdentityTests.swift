import TestSupport
import Testing

/// Nothing here is for nobody, and nobody is somebody else.
@Suite(.slots(1))
struct IdentityTests {
    private static let secret = "a secret of these tests, and of nothing else"
    private static let requests: [(method: String, target: String, body: String?)] = [
        ("POST", "/v1/posts", #"{"text":"a"}"#), ("GET", "/v1/posts/0000000000000", nil),
        ("DELETE", "/v1/posts/0000000000000", nil), ("PUT", "/v1/posts/0000000000000/like", nil),
        ("DELETE", "/v1/posts/0000000000000/like", nil), ("POST", "/v1/posts/0000000000000/comments", #"{"text":"a"}"#),
        ("GET", "/v1/posts/0000000000000/comments", nil), ("GET", "/v1/users/ann/posts", nil),
        ("GET", "/v1/users/ann/following", nil), ("GET", "/v1/users/ann/followers", nil),
        ("PUT", "/v1/users/ann/following/bob", nil), ("DELETE", "/v1/users/ann/following/bob", nil), ("GET", "/v1/feed", nil),
        ("GET", "/v1/feed/live", nil),
    ]

    private func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }

    @Test func `without an identity every request is 401`() async throws {
        try await withService(.newsFeed) { service in
            try await service.becomesReady()
            for (method, target, body) in Self.requests {
                for headers in [[], user(""), bearer("x")] {
                    let reply = try await service.request(method, target, headers: headers, body: body)
                    try expectProblem(reply, 401)
                    #expect(reply["WWW-Authenticate"] == "Bearer")
                }
            }
            // A page of elsewhere, in a browser of this machine.
            for strange in ["Host: evil.example", "Host: a\r\nOrigin: http://evil.example"] {
                for line in ["GET /v1/feed", "GET /v1/feed/live?user=ann"] {
                    let connection = try await service.connect()
                    try await connection.send("\(line) HTTP/1.1\r\n\(strange)\r\nX-User-ID: ann\r\n\r\n")
                    try expectProblem(try await connection.reply(), 401)
                }
            }
        }
    }

    @Test func `by JWT where there is a secret, and then by nothing else`() async throws {
        try await withService(.newsFeed, environment: ["JWT_SECRET": Self.secret]) { service in
            try await service.becomesReady()
            let ann = token(#"{"sub":"ann","exp":4000000000}"#, secret: Self.secret)
            let forged = [
                token(#"{"sub":"ann"}"#, secret: "another"), token(#"{"sub":"ann","exp":1000000000}"#, secret: Self.secret),
                "x.y.z",
            ]
            for (method, target, body) in Self.requests {
                for headers in [[], user("ann")] + forged.map(bearer) {
                    try expectProblem(try await service.request(method, target, headers: headers, body: body), 401)
                }
            }
            for token in forged {
                try expectProblem(try await service.request("GET", "/v1/feed/live?access_token=\(token)"), 401)
            }
            try expectProblem(try await service.request("GET", "/v1/feed/live?user=ann"), 401)
            // A token in a URL ends up in logs: only where there is no other way.
            try expectProblem(try await service.request("GET", "/v1/feed?access_token=\(ann)"), 401)

            let accepted = try await service.request("POST", "/v1/posts", headers: bearer(ann), body: newPost("mine"))
            #expect(accepted.status == 202)
            let feed = try await service.request("GET", "/v1/feed", headers: bearer(ann) + user("bob"))
            #expect(try feed.json(FeedBody.self).items.map(\.author) == ["ann"])
            let live = try await service.connect()
            try await live.send("GET", "/v1/feed/live?access_token=\(ann)")
            _ = try await live.text(through: "retry: ")
            _ = try await service.request("POST", "/v1/posts", headers: bearer(ann), body: newPost("again"))
            _ = try await live.text(through: #""author":"ann""#)
        }
    }
}
