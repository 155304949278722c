import HTTPTypes
import HummingbirdCore
import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: requests for one")
struct UpgradeRequestParserTests {
    private static let head = "GET /ws?user=a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nX: \t y \r\n\r\n"

    private func server() async throws -> WebSocketServer {
        WebSocketServer(
            [WebSocketRoute("/ws") { _, _ in RecordingSession() }, WebSocketRoute("/r/{id}/ws") { _, _ in RecordingSession() }],
            credentials: try await Credentials(configuration()))
    }

    private func verdict(_ text: String, _ server: WebSocketServer) -> String {
        var parser = UpgradeRequestParser(server)
        return switch parser.parse(ByteBuffer(string: text).readableBytesView) {
        case .incomplete: "incomplete"
        case .other: "other"
        case .upgrade(let request, let endpoint): "\(endpoint.route.path.pattern) \(request.head.path ?? "") \(parser.length)"
        }
    }

    @Test("A whole plain request is found wherever the reads end; before that nothing speaks against it")
    func splits() async throws {
        let server = try await server()
        let bytes = Array((Self.head + "\u{81}rest").utf8)
        for first in 0..<Self.head.utf8.count {
            var parser = UpgradeRequestParser(server)
            guard case .incomplete = parser.parse(ByteBuffer(bytes: bytes[..<first]).readableBytesView) else {
                Issue.record("after \(first) bytes")
                continue
            }
            guard case .upgrade(let request, _) = parser.parse(ByteBuffer(bytes: bytes).readableBytesView) else {
                Issue.record("after \(first) bytes and the rest")
                continue
            }
            #expect(parser.length == Self.head.utf8.count)
            #expect(request.head.authority == "h" && request.head.path == "/ws?user=a" && request.headers[.known("X")] == "y")
        }
    }

    @Test("Whatever else comes is the router's")
    func others() async throws {
        let server = try await server()
        #expect(verdict(Self.head, server).hasPrefix("/ws /ws?user=a "))
        #expect(verdict("GET /r/1/ws HTTP/1.1\r\nUPGRADE: x\r\nhOST: h\r\n\r\n", server).hasPrefix("/r/{id}/ws /r/1/ws "))
        for (old, new) in [
            ("GET", "POST"), ("GET", "get"), ("GET", " GET"), ("GET /", "GET  /"), ("/ws?", "/wss?"), ("/ws?", "/ws/?"),
            ("1.1", "1.0"),
            ("1.1", "1.1 "), ("a HTTP", "a b HTTP"), ("user=a", "user=ü"), ("user=a", "user=#a"), ("Host: h\r\n", ""),
            ("Host: h", "Host: h\r\nHost: h"), ("Upgrade: websocket\r\n", ""), ("X:", "Content-Length:"),
            ("X:", "Transfer-Encoding:"),
            ("X:", "Expect:"), ("X:", "TE:"), ("X:", "Trailer:"), ("X:", "X :"), ("X:", " X:"), ("X:", ":"), ("X: ", "X"),
            ("y ", "\u{1}"), ("y ", "y\rz"), ("y ", "y\nz"), ("y ", "y\u{7F}"), ("y ", "y\0"), ("HTTP/1.1\r\n", "HTTP/1.1\n"),
            ("http", "x"),
        ] {
            let text = Self.head.replacing(old, with: new)
            #expect(verdict(text, server) == "other" || text == Self.head, "\(text.debugDescription)")
        }
        #expect(verdict("P", server) == "other")
        #expect(verdict("GET /plain HTTP/1.1\r\n", server) == "other")
    }

    @Test("So long may it be, and have so many fields")
    func bounds() async throws {
        let server = try await server()
        func padded(_ length: Int) -> String {
            Self.head.replacing("X:", with: "X: " + String(repeating: "x", count: length - Self.head.utf8.count - 1))
        }
        let maximum = UpgradeRequestParser.maximumHeadLength
        #expect(verdict(padded(maximum), server).hasPrefix("/ws"))
        #expect(verdict(padded(maximum + 1), server) == "other")
        #expect(verdict(String(decoding: padded(maximum).utf8.dropLast(), as: UTF8.self), server) == "incomplete")
        #expect(verdict(String(decoding: padded(maximum + 1).utf8.dropLast(), as: UTF8.self), server) == "other")
        let many = Self.head.replacing("X: \t y \r\n", with: String(repeating: "X: y\r\n", count: 98))
        #expect(verdict(many, server).hasPrefix("/ws"))
        #expect(verdict(many.replacing("Host: h\r\n", with: "Host: h\r\nY: z\r\n"), server) == "other")
    }
}
