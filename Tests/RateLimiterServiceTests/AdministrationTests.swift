import TestSupport
import Testing

/// Writes to policies and buckets are for the administration.
@Suite(.slots(1))
struct AdministrationTests {
    private static let writes = [
        ("PUT", "/v1/policies/p", #"{"capacity":5,"refillPeriodMs":1000}"#),
        ("DELETE", "/v1/buckets/p/a", nil),
        ("DELETE", "/v1/policies/p", nil),
    ]

    @Test func `with a token, it is wanted for every write and for nothing else`() async throws {
        try await withService(.rateLimiter, environment: ["ADMIN_TOKEN": "s3cret token"]) { service in
            let wrong = [
                nil, "Bearer wrong", "Bearer s3cret", "Bearer s3cret token2", "Bearer ", "Bearer", "Basic s3cret token",
                "s3cret token", "Bearer  s3cret token",
            ]
            for credentials in wrong {
                for (method, path, body) in Self.writes {
                    let headers = credentials.map { [("Authorization", $0)] } ?? []
                    let reply = try await service.request(method, path, headers: headers, body: body)
                    try expectProblem(reply, 401)
                    #expect(reply["WWW-Authenticate"] == "Bearer", "\(credentials ?? "none"): \(reply)")
                }
            }
            // Nothing was written.
            #expect(try await service.request("GET", "/v1/policies").json(PoliciesBody.self).policies.map(\.name) == ["default"])

            for (index, (method, path, body)) in Self.writes.enumerated() {
                let scheme = ["Bearer", "bearer", "BEARER"][index]
                let reply = try await service.request(
                    method, path, headers: [("Authorization", "\(scheme) s3cret token")], body: body)
                #expect(reply.status == (body == nil ? 204 : 201), "\(reply)")
            }
            for path in ["/v1/policies", "/v1/policies/default", "/v1/buckets/default/a", "/v1/check/default/a", "/metrics"] {
                #expect(try await service.request("GET", path).status == 200, "\(path)")
            }
        }
    }

    @Test func `a user is not the administration`() async throws {
        // {"alg":"HS256","typ":"JWT"} . {"sub":"alice"}, signed with the secret below.
        let token =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSJ9.XfKJziqkUqqXOwUuvjruSMlwKwSVQOmLFpFtiaJGxt0"
        let environment = ["ADMIN_TOKEN": "admin", "JWT_SECRET": "a secret of these tests, and of nothing else"]
        try await withService(.rateLimiter, environment: environment) { service in
            for (method, path, body) in Self.writes {
                let user = try await service.request(
                    method, path, headers: [("Authorization", "Bearer \(token)")], body: body)
                try expectProblem(user, 403)
                let forged = try await service.request(
                    method, path, headers: [("Authorization", "Bearer \(token.dropLast())A")], body: body)
                try expectProblem(forged, 401)
            }
        }
        // In development a header says who one is.
        try await withService(.rateLimiter, environment: ["ADMIN_TOKEN": "admin"]) { service in
            for (method, path, body) in Self.writes {
                let user = try await service.request(method, path, headers: [("X-User-ID", "alice")], body: body)
                try expectProblem(user, 403)
            }
        }
    }

    @Test func `without a token it is open on loopback`() async throws {
        try await withService(.rateLimiter) { service in
            for (method, path, body) in Self.writes {
                let reply = try await service.request(method, path, body: body)
                #expect(reply.status == (body == nil ? 204 : 201), "\(reply)")
            }
        }
    }

    @Test func `without a token it is closed where there are users`() async throws {
        try await withService(.rateLimiter, environment: ["JWT_SECRET": "a secret of these tests, and of nothing else"]) {
            service in
            for (method, path, body) in Self.writes {
                try expectProblem(try await service.request(method, path, body: body), 401)
            }
        }
    }

    @Test func `a service for strangers starts with a token, or with --insecure and then closed and with a warning`() async throws
    {
        try await withService(.rateLimiter, ["--host", "0.0.0.0"], environment: ["ADMIN_TOKEN": "admin"]) { service in
            let reply = try await service.request("GET", "/v1/check/default/a")
            #expect(service.host == "0.0.0.0" && reply.status == 200)
        }
        try await withService(.rateLimiter, ["--host", "0.0.0.0", "--insecure"]) { service in
            #expect(try await service.request("GET", "/v1/check/default/a").status == 200)
            for (method, path, body) in Self.writes {
                try expectProblem(try await service.request(method, path, body: body), 401)
            }
            #expect(service.program.standardError.contains(" warning "), "\(service.program.standardError)")
        }
    }
}
