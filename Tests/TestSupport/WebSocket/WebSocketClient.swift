import Foundation
import NIOCore

/// A WebSocket client for tests: well-behaved by default, and as hostile as it is told to be.
///
/// Every wait has a deadline. Pings are answered while something else is waited for. Two tasks must not wait for the same client at
/// once. The connection closes with its last reference.
///
/// ```swift
/// let bob = try await WebSocketClient.connect(port: port, "/v1/ws?user=bob")
/// try await bob.send(#"{"type":"watch","users":["alice"]}"#)
/// let answer = try await bob.text()
/// ```
public final class WebSocketClient: Sendable {
    /// The server did not make a WebSocket of the request.
    public struct Refused: Error, CustomStringConvertible {
        public let reply: HTTPReply
        public var description: String { "no WebSocket: \(reply)" }
    }

    /// The server closed, while something else was waited for.
    public struct Closed: Error, Equatable {
        /// nil when it sent no close frame, or one without a code.
        public let code: UInt16?
        public let reason: String

        public init(code: UInt16?, reason: String) {
            (self.code, self.reason) = (code, reason)
        }
    }

    /// Of RFC 6455's own example, whose answer stands there too.
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// What lies beneath: bytes of any kind may be sent there.
    public let connection: HTTPConnection

    private init(_ connection: HTTPConnection) {
        self.connection = connection
    }

    /// - Parameters:
    ///   - headers: beside those of the upgrade.
    ///   - patience: how long each wait may take.
    /// - Throws: ``Refused`` when the answer is another than 101.
    public static func connect(
        host: String = "127.0.0.1", port: Int, _ target: String, headers: [(String, String)] = [],
        patience: Duration = .seconds(20)
    ) async throws -> WebSocketClient {
        try await upgrade(try await HTTPConnection.open(host: host, port: port, patience: patience), target, headers: headers)
    }

    /// The same on a connection that is open, and may have served other requests before.
    public static func upgrade(
        _ connection: HTTPConnection, _ target: String, headers: [(String, String)] = []
    ) async throws -> WebSocketClient {
        let reply = try await connection.request("GET", target, headers: upgradeHeaders + headers)
        guard reply.status == 101 else { throw Refused(reply: reply) }
        guard reply["Sec-WebSocket-Accept"] == accept, reply["Upgrade"]?.lowercased() == "websocket",
            reply["Connection"]?.lowercased() == "upgrade", reply["Content-Length"] == nil
        else { throw HTTPConnectionError("an upgrade that is not in order: \(reply)") }
        return WebSocketClient(connection)
    }

    /// What makes a request a WebSocket's.
    public static let upgradeHeaders = [
        ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key),
    ]

    // MARK: Sending

    public func send(_ text: String) async throws {
        try await send(WebSocketFrame.text(text))
    }

    public func send(_ frames: WebSocketFrame...) async throws {
        try await connection.send(frames.flatMap(\.bytes))
    }

    // MARK: Receiving

    /// The next frame, whatever it is. Nothing is answered.
    /// - Throws: ``Closed`` when the connection ended before.
    public func frame() async throws -> WebSocketFrame {
        try await connection.wait("a frame") { bytes, isClosed in
            if let frame = try WebSocketFrame(takenFrom: &bytes) { return frame }
            if isClosed { throw Closed(code: nil, reason: "\(bytes.readableBytes) bytes of a frame") }
            return nil
        }
    }

    /// The next text message.
    /// - Throws: ``Closed`` when the server closes instead; its close frame is answered.
    public func text() async throws -> String {
        let deadline = NIODeadline.now() + connection.patience
        while true {
            let frame = try await frame()
            switch frame.opcode {
            case 0x1 where frame.isFinal: return frame.text
            case 0x8:
                try? await send(.close(frame.closeCode))
                throw Closed(code: frame.closeCode, reason: frame.closeReason)
            case 0x9:
                try await send(.pong(frame.payload))
                // Each ping is a frame in time; a server that says nothing else would be waited for without end.
                guard .now() < deadline else { throw HTTPConnectionError("no text message, only pings") }
            case 0xA: continue
            default: throw HTTPConnectionError("not a text message: \(frame)")
            }
        }
    }

    /// The next text message, decoded from JSON.
    public func json<Value: Decodable>(_ type: Value.Type = Value.self) async throws -> Value {
        try JSONDecoder().decode(type, from: Data(try await text().utf8))
    }

    /// Waits until the server closes, reading over whatever comes before, answers its close frame, and waits for the connection's end.
    /// - Returns: what its close frame said; no code when none came.
    public func closed() async throws -> Closed {
        do {
            while true { _ = try await text() }
        } catch let closed as Closed {
            _ = try await connection.untilClosed()
            return closed
        }
    }

    /// Closes in order, and waits for the connection's end.
    /// - Returns: what the server answered.
    @discardableResult
    public func close(_ code: UInt16? = 1000, reason: String = "") async throws -> Closed {
        try await send(.close(code, reason))
        return try await closed()
    }
}
