/// The path of a WebSocket: literal segments, and `{name}` for one that is a parameter.
struct WebSocketPath: Sendable {
    private enum Segment: Sendable {
        case literal(String)
        case parameter(String)
    }

    let pattern: String
    private let segments: [Segment]

    init(_ pattern: String) {
        self.pattern = pattern
        segments = Self.split(pattern).map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            return .parameter(String(part.dropFirst().dropLast()))
        }
    }

    /// - Parameter path: still percent-encoded, without a query.
    /// - Returns: the parameters, decoded; nil when the path is another. No parameter is empty.
    func match(_ path: some StringProtocol) -> [String: String]? {
        let parts = Self.split(path)
        guard parts.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            guard let value = percentDecoded(part) else { return nil }
            switch segment {
            case .literal(let text): guard value == text else { return nil }
            case .parameter(let name):
                guard !value.isEmpty else { return nil }
                parameters[name] = value
            }
        }
        return parameters
    }

    private static func split(_ path: some StringProtocol) -> [Substring] {
        Substring(path).split(separator: "/", omittingEmptySubsequences: false)
    }
}
