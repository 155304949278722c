import Foundation
import TestSupport
import Testing

extension RunningService {
    /// Sends a request of a user.
    func ask(
        _ method: String, _ target: String, as name: String, _ json: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPReply {
        try await request(method, target, headers: user(name) + headers, body: json)
    }

    /// Posts, and expects that this is possible.
    @discardableResult
    func post(
        _ author: String, _ text: String = "text", headers: [(String, String)] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> AcceptedBody {
        let reply = try await ask("POST", "/v1/posts", as: author, newPost(text), headers: headers)
        try #require(reply.status == 202, "\(reply)", sourceLocation: sourceLocation)
        return try reply.json()
    }

    /// Does something to a post or a user that is answered with 204, and expects that this is possible.
    func change(
        _ method: String, _ target: String, as name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await ask(method, target, as: name)
        try #require(reply.status == 204 && reply.body.isEmpty, "\(reply)", sourceLocation: sourceLocation)
    }

    func follow(_ name: String, _ author: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await change(
            "PUT", "/v1/users/\(segment(name))/following/\(segment(author))", as: name, sourceLocation: sourceLocation)
    }

    func unfollow(_ name: String, _ author: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await change(
            "DELETE", "/v1/users/\(segment(name))/following/\(segment(author))", as: name, sourceLocation: sourceLocation)
    }

    /// One part of a list.
    func part<Body: Decodable>(_ target: String, as name: String, _ type: Body.Type = Body.self) async throws -> Body {
        let reply = try await ask("GET", target, as: name)
        guard reply.status == 200 else { throw UnexpectedReply(reply) }
        return try reply.json()
    }

    /// A list to its end.
    func all<Body: Decodable, Item>(
        _ target: String, as name: String, limit: Int = 100, _ parts: (Body) -> (items: [Item], next: String?)
    ) async throws -> [Item] {
        var items: [Item] = []
        var next: String? = ""
        while let cursor = next {
            let part = parts(try await part("\(target)?limit=\(limit)&cursor=\(cursor)", as: name))
            items += part.items
            next = part.next
        }
        return items
    }

    /// A feed to its end.
    func feed(of name: String, limit: Int = 100) async throws -> [PostBody] {
        try await all("/v1/feed", as: name, limit: limit) { (part: FeedBody) in (part.items, part.nextCursor) }
    }

    /// Waits until every post has been brought to readers.
    func settles(within limit: Duration = .seconds(30)) async throws {
        try await eventually("the queue is empty", within: limit) {
            let reply = try await request("GET", "/health/ready")
            return try reply.status == 200 && reply.json(ReadyBody.self).queue.waiting == 0
        }
    }
}

/// The body that asks for a post.
/// - Parameter fields: further ones, as JSON.
func newPost(_ text: String, _ fields: String = "") throws -> String {
    let encoded = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    return #"{"text":\#(encoded)\#(fields.isEmpty ? "" : ",")\#(fields)}"#
}

/// A user by name, as a service in development believes it.
func user(_ name: String) -> [(String, String)] { [("X-User-ID", name)] }

/// A part of a path, each byte of it encoded.
func segment(_ text: String) -> String {
    text.utf8.map { byte in (byte < 16 ? "%0" : "%") + String(byte, radix: 16) }.joined()
}
