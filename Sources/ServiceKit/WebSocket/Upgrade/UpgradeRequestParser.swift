import HTTPTypes
import Hummingbird
import NIOCore

/// Decides whether a connection begins with a plain request for a WebSocket.
///
/// It accepts little: a whole `GET` of HTTP/1.1 for a path that it was told, with `Upgrade`, one `Host`, and nothing that speaks of
/// a body. It never repairs and never guesses: whatever else comes is the router's, which has the same route.
struct UpgradeRequestParser {
    enum Verdict {
        /// Nothing speaks against it yet.
        case incomplete
        case upgrade(Request, WebSocketEndpoint)
        case other
    }

    static let maximumHeadLength = 32 << 10
    private static let maximumFieldCount = 100
    private static let method = Array("GET /".utf8)
    private static let headEnd = Array("\r\n\r\n".utf8)

    private let server: WebSocketServer
    /// There is no end of the head before this.
    private var searched = 0
    private var lineIsPlain = false
    /// Of the head, when it was whole.
    private(set) var length = 0

    init(_ server: WebSocketServer) {
        self.server = server
    }

    /// - Parameter bytes: all that has come since the connection began.
    mutating func parse(_ bytes: ByteBufferView) -> Verdict {
        guard zip(bytes, Self.method).allSatisfy({ $0 == $1 }) else { return .other }
        if !lineIsPlain, let lineFeed = bytes.firstIndex(of: 0x0A) {
            guard bytes[lineFeed - 1] == 0x0D, endpoint(of: bytes[..<(lineFeed - 1)]) != nil else { return .other }
            lineIsPlain = true
        }
        let from = bytes.startIndex + max(0, searched - Self.headEnd.count + 1)
        guard let end = bytes[from...].firstRange(of: Self.headEnd) else {
            searched = bytes.count
            return bytes.count < Self.maximumHeadLength ? .incomplete : .other
        }
        length = end.upperBound - bytes.startIndex
        guard length <= Self.maximumHeadLength, let (request, endpoint) = request(bytes[..<end.lowerBound]) else { return .other }
        return .upgrade(request, endpoint)
    }

    /// The target and where it leads, of a request line without its end.
    private func endpoint(of line: some Collection<UInt8>) -> (target: String, endpoint: WebSocketEndpoint)? {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].elementsEqual("HTTP/1.1".utf8),
            parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
        else { return nil }
        let target = String(decoding: parts[1], as: UTF8.self)
        guard let endpoint = server.endpoint(of: target.prefix { $0 != "?" }) else { return nil }
        return (target, endpoint)
    }

    private func request(_ head: ByteBufferView) -> (Request, WebSocketEndpoint)? {
        guard let text = String(validating: head, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard lines.count <= Self.maximumFieldCount + 1, let (target, endpoint) = endpoint(of: Array(lines[0].utf8)[...])
        else { return nil }
        var hosts: [String] = []
        var fields = HTTPFields()
        for line in lines.dropFirst() {
            guard let field = Self.field(line) else { return nil }
            switch field.name {
            case .contentLength, .transferEncoding, .expect, .te, .trailer: return nil
            case let name where name.canonicalName == "host": hosts.append(field.value)
            default: fields.append(field)
            }
        }
        guard hosts.count == 1, fields.contains(.upgrade) else { return nil }
        let request = HTTPRequest(method: .get, scheme: "http", authority: hosts[0], path: target, headerFields: fields)
        return (Request(head: request, body: RequestBody(buffer: ByteBuffer())), endpoint)
    }

    /// Of a line without white space before or in the name, and without control characters.
    private static func field(_ line: Substring) -> HTTPField? {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), let name = HTTPField.Name(String(line[..<colon])),
            line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { return nil }
        // White space round the value is left out there.
        return HTTPField(name: name, value: String(line[line.utf8.index(after: colon)...]))
    }
}
