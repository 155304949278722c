import Chat
import Hummingbird
import ServiceKit

/// Finds out who sends requests. Nothing here is for nobody.
struct Participants: Sendable {
    let credentials: Credentials

    /// - Throws: `Problem`: 401 without identity, 400 when no user can have this name.
    func user(of request: Request) async throws -> UserName {
        guard let name = try await credentials.identity(of: request) else { throw Problem.noIdentity }
        return try UserName(validating: name)
    }
}
