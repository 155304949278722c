public import HTTPTypes
public import NIOCore

/// The request that became a WebSocket, or wants to. The connection does not keep it.
public struct WebSocketRequest: Sendable {
    /// Who asks; never empty.
    public let user: String
    /// What stands in the path for each `{name}` of its pattern, decoded.
    public let parameters: [String: String]
    public let headers: HTTPFields
    /// The peer's address.
    public let remoteAddress: SocketAddress?
    let queryText: Substring

    /// The first parameter of this name, decoded; nil when there is none, or it cannot be decoded.
    public func query(_ name: String) -> String? {
        QueryText.value(of: name, in: queryText)
    }
}

/// What stands behind a path's `?`.
enum QueryText {
    static func value(of name: String, in query: Substring) -> String? {
        for part in query.split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if percentDecoded(sides[0]) == name { return sides.count == 2 ? percentDecoded(sides[1]) : "" }
        }
        return nil
    }
}
