import Hummingbird
import ServiceKit

/// Finds out who sends requests. Nothing here is for nobody.
struct Viewers: Sendable {
    let credentials: Credentials

    /// - Throws: ``Problem``: 401 without identity.
    func viewer(of request: Request) async throws -> String {
        guard let user = try await credentials.identity(of: request) else { throw Problem.noIdentity }
        return user
    }

    /// Of a request that a browser cannot give header fields.
    func viewer(ofStream request: Request) async throws -> String {
        guard let user = try await credentials.identity(ofStream: request) else { throw Problem.noIdentity }
        return user
    }
}
