import Chat
import Hummingbird
import ServiceKit

/// `/v1/groups`.
struct GroupRoutes {
    let conversations: ConversationStore
    let participants: Participants

    /// Room for tens of thousands of members.
    private static let maximumBodyLength = 4 << 20

    private struct Body: Decodable {
        let id: String
        let members: [String]
    }

    func add(to router: Router<ServiceRequestContext>) {
        router.post("/v1/groups", use: create)
        router.get("/v1/groups/:id") { request, context in
            let user = try await participants.user(of: request)
            return Response.json(try await conversations.group(try context.group(), for: user).json.text)
        }
        router.put("/v1/groups/:id/members/:user") { request, context in
            let user = try await participants.user(of: request)
            try await conversations.addMember(try context.member(), to: try context.group(), by: user)
            return Response(status: .noContent)
        }
        router.delete("/v1/groups/:id/members/:user") { request, context in
            let user = try await participants.user(of: request)
            try await conversations.removeMember(try context.member(), from: try context.group(), by: user)
            return Response(status: .noContent)
        }
    }

    @Sendable private func create(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
        var request = request
        let owner = try await participants.user(of: request)
        let body = try await request.decodeJSON(as: Body.self, upTo: Self.maximumBodyLength)
        let id = try Self.validating("id") { () throws(ChatError) in try GroupID(validating: body.id) }
        let members = try body.members.enumerated().map { index, name in
            try Self.validating("members[\(index)]") { () throws(ChatError) in try UserName(validating: name) }
        }
        let group = try await conversations.createGroup(id, members: members, owner: owner)
        return .json(group.json.text, status: .created, headers: [.location: "/v1/groups/\(id.text)"])
    }

    /// - Throws: `Problem`: 400 that names the field as the body does.
    private static func validating<Value>(_ field: String, _ body: () throws(ChatError) -> Value) throws -> Value {
        do throws(ChatError) {
            return try body()
        } catch {
            throw Problem(.badRequest, "\(field): \(error.requirement)")
        }
    }
}

extension ServiceRequestContext {
    /// No group has a name that none can have.
    fileprivate func group() throws -> GroupID {
        let name = try percentDecodedParameter("id")
        do { return try GroupID(validating: name) } catch { throw ChatError.notFound }
    }

    fileprivate func member() throws -> UserName {
        try UserName(validating: try percentDecodedParameter("user"))
    }
}
