import HTTPTypes
import Hummingbird
import RateLimiter
import ServiceKit
import URLShortener

/// Who sent a request.
struct Caller: Sendable {
    let user: String?
    /// Without what one client may choose for itself: ``IPAddress/network``.
    let address: String
    /// What he may do to links.
    let requester: Requester

    /// Whose `Idempotency-Key` it is.
    var scope: IdempotencyKey.Scope { user.map { .user($0) } ?? .address(address) }
}

/// Finds out who sends requests.
struct Callers: Sendable {
    let credentials: Credentials
    let proxies: TrustedProxies

    private static let longestName = 256

    /// - Throws: ``Problem``: 400 for a name that is too long to be kept with each link.
    func caller(of request: Request, _ context: ServiceRequestContext) async throws -> Caller {
        let user = try await credentials.identity(of: request)
        guard user?.utf8.count ?? 0 <= Self.longestName else {
            throw Problem(.badRequest, "The user's name is longer than \(Self.longestName) bytes.")
        }
        let address = proxies.client(of: request, context)?.network.description ?? ""
        return Caller(user: user, address: address, requester: await requester(of: request, user))
    }

    /// The administration's token wins; a user is only himself, also where administration is open to all.
    private func requester(of request: Request, _ user: String?) async -> Requester {
        if credentials.isAdministration(request) { return .administration }
        if let user { return .user(user) }
        return (try? await credentials.requireAdministration(request)) == nil ? .anonymous : .administration
    }
}
