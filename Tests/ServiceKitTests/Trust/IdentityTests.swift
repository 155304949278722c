import Foundation
import HTTPTypes
import JWTKit
import Testing

@testable import ServiceKit

@Suite("Who asks")
struct IdentityTests {
    private func user(_ token: String, _ scheme: String = "Bearer") async throws -> String? {
        let credentials = try await Credentials(configuration(environment: ["JWT_SECRET": Tokens.secret]))
        return await credentials.user(of: request(fields: [("Authorization", "\(scheme) \(token)"), ("X-User-ID", "mallory")]))
    }

    @Test("A token that is in order names its user", arguments: ["Bearer", "bearer", "BEARER"])
    func inOrder(scheme: String) async throws {
        let tokens = await Tokens.hmac()
        #expect(try await user(tokens.token(), scheme) == "alice")
        #expect(try await user(tokens.token(exp: .now + 60, nbf: .now - 60), scheme) == "alice")
        #expect(try await user(tokens.token(sub: "bob/ü 1"), scheme) == "bob/ü 1")
        #expect(try await user(tokens.token(kid: "unknown"), scheme) == "alice")
    }

    @Test("A token that is over, not valid yet, or without a user, is none")
    func claims() async throws {
        let tokens = await Tokens.hmac()
        #expect(try await user(tokens.token(exp: .now - 1)) == nil)
        #expect(try await user(tokens.token(nbf: .now + 60)) == nil)
        #expect(try await user(tokens.token(sub: nil)) == nil)
        #expect(try await user(tokens.token(sub: "")) == nil)
    }

    @Test("A token of another secret, of another algorithm, changed or cut, is none")
    func forged() async throws {
        let good = try await Tokens.hmac().token()
        let parts = good.split(separator: ".").map(String.init)
        let payload = #"{"sub":"alice"}"#
        #expect(try await user(Tokens.hmac("another secret of more than 32 bytes").token()) == nil)
        for header in [#"{"alg":"none"}"#, #"{"alg":"None","typ":"JWT"}"#, #"{"alg":"HS256"}"#, #"{}"#] {
            #expect(try await user(Tokens.forged(header: header, payload: payload)) == nil)
            #expect(try await user(Tokens.forged(header: header, payload: payload, signature: parts[2])) == nil)
        }
        let longer = await JWTKeyCollection().add(
            hmac: HMACKey(from: String(repeating: "s", count: 64)), digestAlgorithm: .sha512)
        #expect(try await user(Tokens(longer).token()) == nil)
        let other = Tokens.base64URL(#"{"sub":"root"}"#)
        for token in [
            "\(parts[0]).\(other).\(parts[2])", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", ".\(parts[1]).\(parts[2])",
            String(good.dropLast(2)), good + ".x", "x" + good, "\(good) x", "", ".", "..", "...", "nonsense", "a.b.c",
            "\u{FC}.\u{FC}.\u{FC}",
            String(repeating: "a", count: 8000),
        ] {
            #expect(try await user(token) == nil, "\(token)")
        }
        for scheme in ["Basic", "Token", "", "Bearer:", "Bearer\t"] {
            #expect(try await user(good, scheme) == nil, "\(scheme)")
        }
    }

    @Test("Of a stream the query names the user where no header field does, by the same rules")
    func stream() async throws {
        func user(_ query: String, _ fields: [(String, String)] = [], _ environment: [String: String] = [:]) async throws
            -> String?
        {
            let credentials = try await Credentials(configuration(environment: environment))
            return try await credentials.identity(ofStream: request(.get, "/live?\(query)", fields: fields))
        }
        #expect(try await user("user=al%20ice%2Fb") == "al ice/b")
        #expect(try await user("user=alice", [("X-User-ID", "bob")]) == "bob")
        for (name, written) in [(" al ice ", "%20al%20ice%20"), ("a\nb\u{0}", "a%0Ab%00"), ("e\u{301}+%41", "e%CC%81+%2541")] {
            #expect(try await user("user=\(written)").map { Array($0.utf8) } == Array(name.utf8))
        }
        for broken in ["user=", "user", "user=%FF", "user=%4", "user=%zz", "User=alice"] {
            #expect(try await user(broken) == nil, "\(broken)")
        }
        #expect(try await user("user=alice", [("Origin", "http://evil.example")]) == nil)
        let token = try await Tokens.hmac().token()
        let secret = ["JWT_SECRET": Tokens.secret]
        #expect(try await user("access_token=\(token)&user=bob", [], secret) == "alice")
        #expect(try await user("user=bob", [], secret) == nil)
        await #expect(throws: Problem.self) { try await user("access_token=x", [], secret) }
        await #expect(throws: Problem.self) { try await user("access_token=\(token)", [("Authorization", "Bearer x")], secret) }
    }

    @Test("A secret that is shorter than the hash is taken as it is")
    func shortSecret() async throws {
        // Made with Python's hmac and the secret "short".
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.jZj6AVhj8pVEWT5f2bRNftFrvvCa2SlSFM7EBTbQFgo"
        let credentials = try await Credentials(configuration(environment: ["JWT_SECRET": "short"]))
        #expect(await credentials.user(of: request(fields: [("Authorization", "Bearer \(token)")])) == "alice")
        let good = try await Tokens.hmac().token()
        #expect(await credentials.user(of: request(fields: [("Authorization", "Bearer \(good)")])) == nil)
    }

    @Test(
        "X-User-ID is believed in development alone",
        arguments: [
            (nil, [:], "alice"), ("localhost", [:], "alice"), ("::1", [:], "alice"), ("127.9.9.9", [:], "alice"),
            (nil, ["JWT_SECRET": Tokens.secret], nil), ("0.0.0.0", ["INSECURE": "1"], nil), ("::", ["INSECURE": "1"], nil),
            ("0.0.0.0", ["ADMIN_TOKEN": "t"], nil), ("0.0.0.0", ["ADMIN_TOKEN": "t", "JWT_SECRET": Tokens.secret], nil),
            ("[::1].example.org", ["INSECURE": "1"], nil), ("127.0.0.1.example.org", ["INSECURE": "1"], nil),
        ] as [(String?, [String: String], String?)])
    func development(host: String?, environment: [String: String], user: String?) async throws {
        let credentials = try await Credentials(configuration(options(host: host), environment: environment))
        #expect(await credentials.user(of: request(fields: [("X-User-ID", "alice")])) == user)
        #expect(await credentials.user(of: request(fields: [("X-User-ID", "")])) == nil)
        #expect(await credentials.user(of: request()) == nil)
    }
}
