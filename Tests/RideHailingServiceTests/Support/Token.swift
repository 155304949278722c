import Crypto
import Foundation

/// A JSON Web Token (HS256).
func token(_ claims: String, secret: String) -> String {
    let content = [#"{"alg":"HS256","typ":"JWT"}"#, claims].map { base64URL(Data($0.utf8)) }.joined(separator: ".")
    let signature = HMAC<SHA256>.authenticationCode(for: Data(content.utf8), using: SymmetricKey(data: Data(secret.utf8)))
    return content + "." + base64URL(Data(signature))
}

private func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
