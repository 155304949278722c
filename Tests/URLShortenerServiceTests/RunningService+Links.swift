import Foundation
import TestSupport
import Testing

extension RunningService {
    /// Where links are, unless the service was told otherwise.
    var address: String { "http://\(host):\(port)" }

    /// Sends JSON.
    func send(
        _ method: String, _ target: String, _ json: String, headers: [(String, String)] = []
    ) async throws -> HTTPReply {
        try await request(method, target, headers: [("Content-Type", "application/json")] + headers, body: json)
    }

    /// Sends a request whose head is written as it stands, without the empty line.
    func request(head: String, body: String? = nil) async throws -> HTTPReply {
        let connection = try await connect()
        let length = body.map { "Content-Type: application/json\r\nContent-Length: \($0.utf8.count)\r\n" } ?? ""
        try await connection.send("\(head)\r\n\(length)\r\n\(body ?? "")")
        return try await connection.reply()
    }

    /// Creates a link, and expects that this is possible.
    /// - Parameter fields: further ones, as JSON, such as `"maxVisits":1`.
    func shorten(
        _ url: String, _ fields: String = "", headers: [(String, String)] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> LinkBody {
        let reply = try await send("POST", "/shorten", newLink(url, fields), headers: headers)
        try #require(reply.status == 201, "\(reply)", sourceLocation: sourceLocation)
        return try reply.json()
    }

    /// Follows a link, as far as the first answer.
    func visit(_ id: String, _ method: String = "GET", headers: [(String, String)] = []) async throws -> HTTPReply {
        let connection = try await connect()
        try await connection.send(method, "/\(id)", headers: headers)
        return try await connection.reply(isToHead: method == "HEAD")
    }

    /// Where a link leads; nil when it leads nowhere.
    func destination(of id: String) async throws -> String? {
        let reply = try await visit(id)
        switch reply.status {
        case 302: return reply["Location"]
        case 404, 410: return nil
        default: throw UnexpectedReply(reply)
        }
    }

    func statistics(of id: String, headers: [(String, String)] = []) async throws -> StatisticsBody {
        let reply = try await request("GET", "/v1/links/\(id)/stats", headers: headers)
        guard reply.status == 200 else { throw UnexpectedReply(reply) }
        return try reply.json()
    }
}

/// The body that asks for a link.
func newLink(_ url: String, _ fields: String = "") throws -> String {
    #"{"url":\#(try jsonText(url))\#(fields.isEmpty ? "" : ",")\#(fields)}"#
}

func jsonText(_ text: String) throws -> String {
    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
}

/// A user by name, as a service in development believes it.
func user(_ name: String) -> [(String, String)] { [("X-User-ID", name)] }

func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }
