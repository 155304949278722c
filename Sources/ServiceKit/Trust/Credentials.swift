public import Hummingbird
import Crypto
import HTTPTypes
import Foundation
import JWTKit

/// Who asks, and what he may do.
///
/// Identity is the `sub` of a JWT. In development (a loopback address and no `JWT_SECRET`) it is the header `X-User-ID`.
/// Administration is a token of its own.
public struct Credentials: Sendable {
    private let keys: JWTKeyCollection?
    private let adminToken: String?
    private let isDevelopment: Bool

    /// - Throws: ``UsageError`` when the JWKS file cannot be read.
    init(_ configuration: ServiceConfiguration) async throws {
        var keys: JWTKeyCollection?
        if let secret = configuration.jwtSecret {
            // HMAC pads a short key with zeros; JWTKit does not take one that is shorter than the hash.
            let padding = [UInt8](repeating: 0, count: max(0, SHA256.byteCount - secret.utf8.count))
            keys = await JWTKeyCollection().add(hmac: HMACKey(from: secret.utf8 + padding), digestAlgorithm: .sha256)
        }
        if let file = configuration.jwks {
            do {
                keys = try await (keys ?? JWTKeyCollection()).add(
                    jwks: JSONDecoder().decode(JWKS.self, from: Data(contentsOf: URL(filePath: file))))
            } catch {
                throw UsageError("JWT_JWKS: \(file) cannot be read as a JSON Web Key Set.")
            }
        }
        self.keys = keys
        adminToken = configuration.adminToken
        isDevelopment = configuration.isDevelopment
    }

    /// The user that a request speaks for; nil without identity.
    /// - Throws: ``Problem``: 401 for a token that is neither a user's nor the administration's. Who has sent one believes that he
    ///   is somebody, and is not served as nobody.
    public func identity(of request: Request) async throws -> String? {
        try await identity(of: request, named: request.headers[.userID])
    }

    /// - Parameter name: believed in development.
    private func identity(of request: Request, named name: String?) async throws -> String? {
        if let user = await user(of: request, named: name) { return user }
        guard request.bearerToken != nil, keys != nil || adminToken != nil, !isAdministration(request) else { return nil }
        throw Problem(.unauthorized, "The bearer token is not valid, or no longer.", headers: [.wwwAuthenticate: "Bearer"])
    }

    /// The same for what browsers open without header fields of their own: where a field is missing `?access_token=` stands for it,
    /// and in development `?user=`.
    public func identity(ofStream request: Request) async throws -> String? {
        var head = request.head
        let query = Substring(request.uri.query ?? "")
        if head.headerFields[.authorization] == nil, let token = QueryText.value(of: "access_token", in: query) {
            head.headerFields[.authorization] = "Bearer \(token)"
        }
        // Not by way of a header field, which does not hold every name as it is.
        let name = request.headers[.userID] ?? QueryText.value(of: "user", in: query)
        return try await identity(of: Request(head: head, body: request.body), named: name)
    }

    /// The same for a WebSocket, which any page may open.
    ///
    /// A token is nothing that a browser adds by itself: whoever has it may come from anywhere. In development there is no secret, so
    /// a page has to come from the host that it asks.
    /// - Throws: ``Problem``: 403 for another host's page in development.
    public func identity(ofWebSocket request: Request) async throws -> String? {
        guard keys != nil || !isDevelopment || request.isOfItsHost else {
            throw Problem(.forbidden, "In development a WebSocket is for pages of the host that they ask.")
        }
        return try await identity(ofStream: request)
    }

    /// The user that a request speaks for; nil without a valid identity.
    public func user(of request: Request) async -> String? {
        await user(of: request, named: request.headers[.userID])
    }

    private func user(of request: Request, named name: String?) async -> String? {
        guard let keys else {
            // Other names lead here too: of a stranger's page, or of a proxy that is there for the world.
            guard isDevelopment, request.isOfThisMachine else { return nil }
            return name.flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let token = request.bearerToken, let claims = try? await keys.verify(token, as: Claims.self) else { return nil }
        return claims.sub.value
    }

    /// Whether the request carries the administration's token.
    public func isAdministration(_ request: Request) -> Bool {
        guard let adminToken, let token = request.bearerToken else { return false }
        return Self.areEqual(token, adminToken)
    }

    /// Lets administration pass.
    /// - Throws: ``Problem``: 401 without valid credentials, 403 for a user.
    public func requireAdministration(_ request: Request) async throws {
        if isAdministration(request) { return }
        if adminToken == nil, isDevelopment {
            if request.isOfThisMachine { return }
            throw Problem(.forbidden, "Without ADMIN_TOKEN administration is for pages and names of this machine only.")
        }
        guard await user(of: request) == nil else { throw Problem(.forbidden, "This is for the administration.") }
        throw Problem(
            .unauthorized,
            adminToken == nil
                ? "Administration is closed: the service was started without ADMIN_TOKEN."
                : "This wants the administration's token: Authorization: Bearer ADMIN_TOKEN.",
            headers: [.wwwAuthenticate: "Bearer"])
    }

    /// In constant time: it compares digests, whose first difference says nothing of the token's.
    private static func areEqual(_ one: String, _ other: String) -> Bool {
        SHA256.hash(data: Array(one.utf8)) == SHA256.hash(data: Array(other.utf8))
    }
}

private struct Claims: JWTPayload {
    let sub: SubjectClaim
    let exp: ExpirationClaim?
    let nbf: NotBeforeClaim?

    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp?.verifyNotExpired()
        try nbf?.verifyNotBefore()
        guard !sub.value.isEmpty else { throw JWTError.claimVerificationFailure(failedClaim: sub, reason: "empty") }
    }
}

extension Request {
    /// Whether host and origin, where there are any, are this machine.
    ///
    /// A stranger's page in a browser of this machine reaches its loopback addresses too, but not under their names, or not
    /// without saying where it comes from.
    fileprivate var isOfThisMachine: Bool {
        [head.authority, origin].compactMap { $0 }.allSatisfy(Self.isLoopback)
    }

    /// Whether the page that asks, if it is one, comes from the host that is asked, on whatever port.
    fileprivate var isOfItsHost: Bool {
        guard let origin else { return true }
        return Self.host(origin) == Self.host(head.authority ?? "")
    }

    /// The page's host and port; empty when it has none, nil when this is no page.
    private var origin: String? {
        headers[.origin].map { $0.split(separator: "://", maxSplits: 1).last.map(String.init) ?? "" }
    }

    /// A host without its port, which stands behind the last colon that is not within an IPv6 address.
    private static func host(_ authority: String) -> String {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return authority.lowercased() }
        return authority[..<colon].lowercased()
    }

    private static func isLoopback(_ authority: String) -> Bool {
        if let address = IPAddress(authority) { return address.isLoopback }
        return authority.prefix { $0 != ":" }.lowercased() == "localhost"
    }

    fileprivate var bearerToken: String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}

extension HTTPField.Name {
    fileprivate static let userID = known("X-User-ID")
}
