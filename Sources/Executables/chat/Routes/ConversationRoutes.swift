import Chat
import Hummingbird
import ServiceKit

/// `/v1/conversations`: what one has, what was said, and who has read it.
struct ConversationRoutes {
    let conversations: ConversationStore
    let participants: Participants

    private static let defaultLimit = 100

    func add(to router: Router<ServiceRequestContext>) {
        router.get("/v1/conversations") { request, _ in
            let user = try await participants.user(of: request)
            let query = request.uri.queryParameters
            let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : String($0) }
            let limit = try request.integer("limit", in: 1...ConversationStore.maximumListLimit) ?? Self.defaultLimit
            let list = try await conversations.conversations(of: user, after: cursor, limit: limit)
            return Response.json(
                JSONText.object([
                    ("conversations", .array(list.conversations.map(\.json))),
                    ("nextCursor", list.nextCursor.map { .string($0) } ?? .null),
                ]).text)
        }
        router.get("/v1/conversations/:id/messages") { request, context in
            let user = try await participants.user(of: request)
            let after = try request.integer("after", in: 0...Int.max) ?? 0
            let limit = try request.integer("limit", in: 1...MessagePage.maximumLimit) ?? Self.defaultLimit
            let page = try await conversations.messages(of: try context.conversation(), for: user, after: after, limit: limit)
            return Response.json(
                JSONText.object([
                    ("messages", .array(page.messages.map { .object($0.members) })), ("through", .integer(page.through)),
                    ("lastSeq", .integer(page.position.seq)), ("epoch", .string(page.position.epoch.text)),
                ]).text)
        }
        router.get("/v1/conversations/:id/receipts") { request, context in
            let user = try await participants.user(of: request)
            let receipts = try await conversations.receipts(of: try context.conversation(), for: user)
            return Response.json(JSONText.object([("receipts", .array(receipts.map { .object($0.members) }))]).text)
        }
    }
}

extension ServiceRequestContext {
    /// - Throws: `Problem`: 404 when no conversation can have this name.
    fileprivate func conversation() throws -> ConversationID {
        let name = try percentDecodedParameter("id")
        do { return try ConversationID(validating: name) } catch { throw Problem(.notFound, "There is no such conversation.") }
    }
}

extension Request {
    /// A parameter of the query; nil when there is none.
    /// - Throws: `Problem`: 400 when it is no integer of the range.
    fileprivate func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = uri.queryParameters[Substring(name)] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let end = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw Problem(.badRequest, "\(name): an integer from \(range.lowerBound)\(end).")
        }
        return number
    }
}
