import Crypto
import Foundation
import TestSupport
import Testing

/// A link is changed, deleted and looked into by its owner and by the administration.
@Suite(.slots(1))
struct OwnershipTests {
    private static let secret = "a secret of these tests, and of nothing else"
    private static let administration = bearer("s3cret token")

    /// What is for owners: what it is answered with when all is well.
    private static let requests = [
        ("GET", "/stats", nil, 200), ("PATCH", "", #"{"maxVisits":1000}"#, 200), ("DELETE", "", nil, 204),
    ]

    @Test func `by X-User-ID in development`() async throws {
        try await withService(.urlShortener, environment: ["ADMIN_TOKEN": "s3cret token"]) { service in
            try await checkOwnership(
                of: service, alice: user("alice"), bob: user("bob"), nobody: [[], bearer("wrong"), user("")])
        }
    }

    @Test func `by JWT where there is a secret, and then by nothing else`() async throws {
        let environment = ["ADMIN_TOKEN": "s3cret token", "JWT_SECRET": Self.secret]
        try await withService(.urlShortener, environment: environment) { service in
            let forged = [
                token(#"{"sub":"alice"}"#, secret: "another secret, that is not of these tests"),
                token(#"{"sub":"alice","exp":1000000000}"#), token(#"{"sub":""}"#), token("{}"),
                unsigned(#"{"sub":"alice"}"#) + ".", unsigned(#"{"sub":"alice"}"#), "x.y.z",
            ]
            try await checkOwnership(
                of: service, alice: bearer(token(#"{"sub":"alice"}"#)), bob: bearer(token(#"{"sub":"bob","exp":4000000000}"#)),
                nobody: [[], user("alice")] + forged.map(bearer))
        }
    }

    @Test func `without ADMIN_TOKEN administration is open in development, and nobody's where there are users`() async throws {
        try await withService(.urlShortener) { service in
            try await service.becomesReady()
            let link = try await service.shorten("https://example.org")
            for (method, path, body, status) in Self.requests {
                let reply = try await service.request(method, "/v1/links/\(link.id)\(path)", body: body)
                #expect(reply.status == status, "\(method): \(reply)")
            }
        }
        try await withService(.urlShortener, environment: ["JWT_SECRET": Self.secret]) { service in
            try await service.becomesReady()
            let link = try await service.shorten("https://example.org")
            for (method, path, body, _) in Self.requests.dropFirst() {
                try expectProblem(try await service.request(method, "/v1/links/\(link.id)\(path)", body: body), 401)
            }
        }
    }

    private func checkOwnership(
        of service: RunningService, alice: [(String, String)], bob: [(String, String)], nobody: [[(String, String)]]
    ) async throws {
        try await service.becomesReady()
        for owner in [alice, Self.administration] {
            let link = try await service.shorten("https://example.org", headers: alice)
            for (method, path, body, status) in Self.requests {
                let target = "/v1/links/\(link.id)\(path)"
                for headers in nobody {
                    try expectProblem(try await service.request(method, target, headers: headers, body: body), 401)
                }
                try expectProblem(try await service.request(method, target, headers: bob, body: body), 403)
                // Anybody may see where it leads.
                #expect(try await service.request("GET", "/v1/links/\(link.id)").status == 200)
                let reply = try await service.request(method, target, headers: owner, body: body)
                #expect(reply.status == status, "\(method): \(reply)")
            }
        }
        // An anonymous link is the administration's to change, and anybody's to count.
        let link = try await service.shorten("https://example.org")
        for headers in [[], bob] {
            #expect(try await service.request("GET", "/v1/links/\(link.id)/stats", headers: headers).status == 200)
        }
        for (method, path, body, status) in Self.requests.dropFirst() {
            let target = "/v1/links/\(link.id)\(path)"
            try expectProblem(try await service.request(method, target, body: body), 401)
            try expectProblem(try await service.request(method, target, headers: bob, body: body), 403)
            let reply = try await service.request(method, target, headers: Self.administration, body: body)
            #expect(reply.status == status, "\(method): \(reply)")
        }
        // Who names no one is no one.
        for headers in nobody { try expectProblem(try await service.request("GET", "/v1/links?owner=me", headers: headers), 401) }
    }

    private func token(_ claims: String, secret: String = secret) -> String {
        let content = unsigned(claims, algorithm: "HS256")
        let signature = HMAC<SHA256>.authenticationCode(for: Data(content.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return content + "." + base64URL(Data(signature))
    }

    private func unsigned(_ claims: String, algorithm: String = "none") -> String {
        [#"{"alg":"\#(algorithm)","typ":"JWT"}"#, claims].map { base64URL(Data($0.utf8)) }.joined(separator: ".")
    }

    private func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
