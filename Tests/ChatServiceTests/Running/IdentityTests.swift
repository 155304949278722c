import TestSupport
import Testing

/// Nothing here is for nobody, and nobody is somebody else.
@Suite(.slots(1))
struct IdentityTests {
    private static let secret = "a secret of these tests, and of nothing else"
    private static let requests: [(method: String, target: String, body: String?)] = [
        ("POST", "/v1/groups", #"{"id":"g","members":[]}"#), ("GET", "/v1/groups/g", nil),
        ("PUT", "/v1/groups/g/members/bob", nil),
        ("DELETE", "/v1/groups/g/members/ann", nil), ("GET", "/v1/conversations", nil),
        ("GET", "/v1/conversations/group.g/messages", nil), ("GET", "/v1/conversations/group.g/receipts", nil),
        ("GET", "/v1/presence?users=ann", nil),
    ]

    private func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }

    /// What an upgrade is refused with.
    private func refusal(
        _ service: RunningService, _ target: String, _ headers: [(String, String)] = []
    ) async throws -> HTTPReply {
        do {
            _ = try await WebSocketClient.upgrade(try await service.connect(), target, headers: headers)
        } catch let refused as WebSocketClient.Refused {
            return refused.reply
        }
        Issue.record("\(target) was not refused")
        throw CancellationError()
    }

    @Test func `without an identity everything is 401, the WebSocket too`() async throws {
        try await withService(.chat) { service in
            try await service.becomesReady()
            for headers in [[], [("X-User-ID", "")], bearer("x")] {
                for (method, target, body) in Self.requests {
                    let reply = try await service.request(method, target, headers: headers, body: body)
                    try expectProblem(reply, 401)
                    #expect(reply["WWW-Authenticate"] == "Bearer")
                }
                try expectProblem(try await refusal(service, "/v1/ws", headers), 401)
            }
            try expectProblem(try await refusal(service, "/v1/ws?user="), 401)
            for name in ["%FF", String(repeating: "n", count: 257)] {
                let reply = try await refusal(service, "/v1/ws?user=\(name)")
                #expect((400...401).contains(reply.status), "\(reply)")
            }
            // In a URL that is for WebSockets only.
            try expectProblem(try await service.request("GET", "/v1/conversations?user=ann"), 401)
            let client = try await WebSocketClient.upgrade(try await service.connect(), "/v1/ws", headers: [("X-User-ID", "ann")])
            #expect(try await client.json(ServerFrame.self).user == "ann")
        }
    }

    @Test func `a page of elsewhere is nobody, in a browser of this machine`() async throws {
        try await withService(.chat) { service in
            try await service.becomesReady()
            for strange in ["http://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1:1"] {
                let reply = try await refusal(service, "/v1/ws?user=ann", [("Origin", strange)])
                #expect([401, 403].contains(reply.status), "\(reply)")
            }
            let own = try await WebSocketClient.connect(
                port: service.port, "/v1/ws?user=ann", headers: [("Origin", "http://localhost")])
            #expect(try await own.json(ServerFrame.self).type == "welcome")
        }
    }

    @Test func `by JWT where there is a secret, and then by nothing else`() async throws {
        try await withService(.chat, environment: ["JWT_SECRET": Self.secret]) { service in
            try await service.becomesReady()
            let ann = token(#"{"sub":"ann","exp":4000000000}"#, secret: Self.secret)
            let forged = [
                token(#"{"sub":"ann"}"#, secret: "another"), token(#"{"sub":"ann","exp":1000000000}"#, secret: Self.secret),
                "x.y.z",
            ]
            for headers in [[], [("X-User-ID", "ann")]] + forged.map(bearer) {
                for (method, target, body) in Self.requests {
                    try expectProblem(try await service.request(method, target, headers: headers, body: body), 401)
                }
                try expectProblem(try await refusal(service, "/v1/ws?user=ann", headers), 401)
            }
            for token in forged { try expectProblem(try await refusal(service, "/v1/ws?access_token=\(token)"), 401) }
            try expectProblem(try await service.request("GET", "/v1/conversations?access_token=\(ann)"), 401)

            let byHeader = try await WebSocketClient.upgrade(
                try await service.connect(), "/v1/ws?user=eve", headers: bearer(ann) + [("X-User-ID", "eve")])
            let first = try await ChatClient.welcomed(byHeader, as: "ann")
            // As browsers have to; a page of elsewhere has no token.
            let byQuery = try await WebSocketClient.connect(
                port: service.port, "/v1/ws?access_token=\(ann)", headers: [("Origin", "http://elsewhere.example")])
            let second = try await ChatClient.welcomed(byQuery, as: "ann")
            #expect(first.welcome.user == "ann" && second.welcome.user == "ann")
            try await first.send("mine", to: .user("bob"))
            #expect(try await second.next("message").from == "ann")
        }
    }
}
