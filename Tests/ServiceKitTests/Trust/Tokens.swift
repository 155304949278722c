import Foundation
import JWTKit

/// Makes JSON Web Tokens, good and bad.
struct Tokens {
    static let secret = "a secret of more than 32 bytes, for tests"
    private let keys: JWTKeyCollection

    init(_ keys: JWTKeyCollection) {
        self.keys = keys
    }

    /// Signed with HS256.
    static func hmac(_ secret: String = secret) async -> Tokens {
        Tokens(await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256))
    }

    func token(
        sub: String? = "alice", exp: Date? = nil, nbf: Date? = nil, kid: String? = nil
    ) async throws -> String {
        try await keys.sign(Payload(sub: sub, exp: exp, nbf: nbf), kid: kid.map { JWKIdentifier(string: $0) })
    }

    private struct Payload: JWTPayload {
        var sub: String?
        var exp: Date?
        var nbf: Date?

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// The parts of a token in Base64, with whatever signature.
    static func forged(header: String, payload: String, signature: String = "") -> String {
        [header, payload].map { base64URL($0) }.joined(separator: ".") + "." + signature
    }

    static func base64URL(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
