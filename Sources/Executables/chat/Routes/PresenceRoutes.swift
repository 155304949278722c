import Chat
import Hummingbird
import ServiceKit

/// `/v1/presence`: who is connected.
struct PresenceRoutes {
    let chat: Chat
    let participants: Participants

    private static let maximumUsers = 500

    func add(to router: Router<ServiceRequestContext>) {
        router.get("/v1/presence") { request, _ in
            _ = try await participants.user(of: request)
            let presence = try await chat.presence(of: try Self.users(in: request.uri.query ?? ""))
            return Response.json(JSONText.object([("presence", .array(presence.map { .object($0.members) }))]).text)
        }
    }

    /// Names with a comma between; a comma within a name is percent-encoded. So they are taken apart before they are decoded.
    /// - Throws: `Problem`: 400.
    static func users(in query: String) throws -> [UserName] {
        let prefix = Array("users=".utf8)
        guard let list = query.utf8.split(separator: UInt8(ascii: "&")).first(where: { $0.starts(with: prefix) }) else {
            throw Problem(.badRequest, "users: required.")
        }
        let names = list.dropFirst(prefix.count).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard (1...maximumUsers).contains(names.count) else {
            throw Problem(.badRequest, "users: 1 to \(maximumUsers) names.")
        }
        return try names.map { name in
            guard let text = Array(name).withUnsafeBytes(percentDecoded), let user = try? UserName(validating: text) else {
                throw Problem(.badRequest, "users: each 1 to \(UserName.maximumLength) bytes.")
            }
            return user
        }
    }
}
