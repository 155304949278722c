import Foundation
import HTTPTypes
import Testing

@testable import ServiceKit

@Suite("Who may administer")
struct AdministrationTests {
    /// nil: let pass.
    private func refusal(
        host: String? = nil, _ environment: [String: String], _ fields: [(String, String)] = []
    ) async throws -> Problem? {
        let credentials = try await Credentials(configuration(options(host: host), environment: environment))
        do {
            try await credentials.requireAdministration(request(fields: fields))
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    private static let both = ["ADMIN_TOKEN": "open sesame", "JWT_SECRET": Tokens.secret]

    @Test("The right token lets pass, whatever else there is", arguments: ["Bearer", "bearer"])
    func rightToken(scheme: String) async throws {
        let right = ("Authorization", "\(scheme) open sesame")
        #expect(try await refusal(Self.both, [right]) == nil)
        #expect(try await refusal(["ADMIN_TOKEN": "open sesame"], [right, ("X-User-ID", "alice")]) == nil)
        #expect(try await refusal(host: "0.0.0.0", ["ADMIN_TOKEN": "open sesame"], [right]) == nil)
    }

    @Test(
        "A token that is missing or wrong: 401",
        arguments: [
            nil, "Bearer open sesam", "Bearer open sesamee", "Bearer Open Sesame", "Bearer ", "Bearer", "open sesame",
            "Basic open sesame",
            "Bearer open sesame, Bearer open sesame", "Bearer open", "Bearer a.b.c", "Bearer \u{FC}",
        ])
    func wrongToken(authorization: String?) async throws {
        let fields = authorization.map { [("Authorization", $0)] } ?? []
        for (host, environment) in [(nil, Self.both), ("0.0.0.0", Self.both), (nil, ["ADMIN_TOKEN": "open sesame"])] {
            let problem = try #require(try await refusal(host: host, environment, fields))
            #expect(problem.status == .unauthorized && problem.headers[.wwwAuthenticate] == "Bearer")
            #expect(!problem.detail.contains("sesame"))
        }
    }

    @Test("The right token beside a wrong one is not taken")
    func twoFields() async throws {
        let fields = [("Authorization", "Bearer wrong"), ("Authorization", "Bearer open sesame")]
        #expect(try await refusal(Self.both, fields)?.status == .unauthorized)
        #expect(try await refusal(Self.both, fields.reversed())?.status == .unauthorized)
    }

    @Test("A user: 403")
    func plainUser() async throws {
        let token = try await Tokens.hmac().token()
        #expect(try await refusal(Self.both, [("Authorization", "Bearer \(token)")])?.status == .forbidden)
        #expect(try await refusal(["ADMIN_TOKEN": "open sesame"], [("X-User-ID", "alice")])?.status == .forbidden)
        let over = try await Tokens.hmac().token(exp: .now - 1)
        #expect(try await refusal(Self.both, [("Authorization", "Bearer \(over)")])?.status == .unauthorized)
    }

    @Test(
        "Without a token it is open in development, to users too", arguments: [nil, "localhost", "127.0.0.1", "::1", "127.1.2.3"])
    func openInDevelopment(host: String?) async throws {
        #expect(try await refusal(host: host, [:]) == nil)
        #expect(try await refusal(host: host, [:], [("X-User-ID", "alice")]) == nil)
    }

    @Test("Without a token it is closed everywhere else")
    func closedElsewhere() async throws {
        let token = try await Tokens.hmac().token()
        for host in [nil, "0.0.0.0"] {
            let environment = ["JWT_SECRET": Tokens.secret]
            #expect(try await refusal(host: host, environment)?.status == .unauthorized)
            #expect(try await refusal(host: host, environment, [("Authorization", "Bearer ")])?.status == .unauthorized)
            #expect(try await refusal(host: host, environment, [("Authorization", "Bearer \(token)")])?.status == .forbidden)
        }
        // Insecure lets it listen; it gives nobody the right to administer.
        #expect(try await refusal(host: "0.0.0.0", ["INSECURE": "1"])?.status == .unauthorized)
        #expect(try await refusal(host: "0.0.0.0", ["INSECURE": "1"], [("X-User-ID", "alice")])?.status == .unauthorized)
    }

    @Test(
        "In development a page from elsewhere administers nothing, whether it says so or has given its name our address",
        arguments: [
            (authority: "evil.example", origin: nil), ("evil.example:8081", "http://evil.example:8081"),
            ("127.0.0.1:8081", "https://evil.example"), ("localhost:8081", "null"), ("localhost.evil.example", nil),
            ("127.0.0.1.evil.example", nil), ("192.0.2.1:8081", nil), ("[2001:db8::1]:8081", nil),
            ("127.0.0.1", "http://localhost.evil.example"),
        ])
    func pageFromElsewhere(authority: String, origin: String?) async throws {
        let problem = try await refusal(authority: authority, origin: origin)
        #expect(problem?.status == .forbidden)
    }

    @Test(
        "In development whoever is on this machine administers, page or not",
        arguments: [
            (authority: nil, origin: nil), ("127.0.0.1:8081", nil), ("localhost:8081", "http://localhost:8081"),
            ("LOCALHOST", "http://127.0.0.1:3000"), ("[::1]:8081", "http://[::1]:8081"), ("127.9.9.9", nil),
        ] as [(String?, String?)])
    func pageOfThisMachine(authority: String?, origin: String?) async throws {
        #expect(try await refusal(authority: authority, origin: origin) == nil)
    }

    private func refusal(authority: String?, origin: String?) async throws -> Problem? {
        let credentials = try await Credentials(configuration(options(), environment: [:]))
        let request = request(authority: authority, fields: origin.map { [("Origin", $0)] } ?? [])
        do {
            try await credentials.requireAdministration(request)
            return nil
        } catch let problem as Problem {
            return problem
        }
    }
}
