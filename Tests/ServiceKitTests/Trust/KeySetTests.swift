import Foundation
import JWTKit
import Testing

@testable import ServiceKit

@Suite("Tokens of a JSON Web Key Set")
struct KeySetTests {
    private let key = ES256PrivateKey()

    @Test("Tokens of its keys are in order, others are not")
    func keySet() async throws {
        let tokens = Tokens(await JWTKeyCollection().add(ecdsa: key, kid: "one"))
        let strangers = Tokens(await JWTKeyCollection().add(ecdsa: ES256PrivateKey(), kid: "one"))
        try await withFile(keySet(of: key, kid: "one")) { file in
            let credentials = try await Credentials(configuration(environment: ["JWT_JWKS": file]))
            func user(_ token: String) async -> String? {
                await credentials.user(of: request(fields: [("Authorization", "Bearer \(token)"), ("X-User-ID", "mallory")]))
            }
            #expect(await user(try tokens.token(kid: "one")) == "alice")
            #expect(await user(try tokens.token(exp: .now - 1, kid: "one")) == nil)
            #expect(await user(try strangers.token(kid: "one")) == nil)
            // The public key, taken for a secret.
            for secret in [key.publicKey.pemRepresentation, try #require(key.publicKey.parameters?.x)] {
                #expect(await user(try Tokens.hmac(secret).token()) == nil)
            }
            #expect(await user(Tokens.forged(header: #"{"alg":"none","kid":"one"}"#, payload: #"{"sub":"alice"}"#)) == nil)
            // There is a way to have an identity, so the header has no say.
            #expect(await credentials.user(of: request(fields: [("X-User-ID", "mallory")])) == nil)
        }
    }

    @Test("Beside a secret, tokens of either are in order")
    func besideASecret() async throws {
        let tokens = Tokens(await JWTKeyCollection().add(ecdsa: key, kid: "one"))
        try await withFile(keySet(of: key, kid: "one")) { file in
            let credentials = try await Credentials(configuration(environment: ["JWT_JWKS": file, "JWT_SECRET": Tokens.secret]))
            for token in [try await tokens.token(kid: "one"), try await Tokens.hmac().token()] {
                #expect(await credentials.user(of: request(fields: [("Authorization", "Bearer \(token)")])) == "alice")
            }
        }
    }

    @Test(
        "A file that is no key set is an error that names it",
        arguments: [
            "", "{", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[{}]}"#, #"{"keys":[{"kty":"EC"}]}"#,
            #"{"keys":[{"kty":"unheard-of","kid":"a"}]}"#,
        ])
    func noKeySet(text: String) async throws {
        try await withFile(text) { file in
            let error = await #expect(throws: UsageError.self) {
                try await Credentials(configuration(environment: ["JWT_JWKS": file]))
            }
            #expect(error?.description == "JWT_JWKS: \(file) cannot be read as a JSON Web Key Set.")
        }
    }

    @Test("A file that is not there is an error that names it")
    func noFile() async throws {
        let error = await #expect(throws: UsageError.self) {
            try await Credentials(configuration(environment: ["JWT_JWKS": "/nowhere/keys.json"]))
        }
        #expect(error?.description == "JWT_JWKS: /nowhere/keys.json cannot be read as a JSON Web Key Set.")
    }

    private func keySet(of key: ES256PrivateKey, kid: String) throws -> String {
        let (x, y) = try #require(key.publicKey.parameters)
        let (x64, y64) = (x.urlSafe, y.urlSafe)
        return #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"\#(kid)","x":"\#(x64)","y":"\#(y64)"}]}"#
    }

    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID()).json")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }
}

extension String {
    fileprivate var urlSafe: String { replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "") }
}
