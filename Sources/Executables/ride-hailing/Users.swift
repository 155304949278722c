import Hummingbird
import ServiceKit

/// Finds out who sends requests. Nothing here is for nobody.
struct Users: Sendable {
    let credentials: Credentials

    /// - Throws: ``Problem``: 401 without identity.
    func user(of request: Request) async throws -> String {
        guard let user = try await credentials.identity(of: request) else { throw Problem.noIdentity }
        return user
    }
}

/// A name as people are told apart by it: byte by byte. Names that only look the same are different users.
struct UserKey: Hashable, Sendable {
    private let bytes: [UInt8]

    init(_ name: String) { bytes = Array(name.utf8) }
}
