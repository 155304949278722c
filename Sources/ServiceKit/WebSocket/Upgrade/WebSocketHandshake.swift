import Crypto
import Foundation
import HTTPTypes
import Hummingbird

/// What a client has to say to open a WebSocket, and what it is answered (RFC 6455, section 4.2).
enum WebSocketHandshake {
    static let version = "13"
    /// Section 1.3: a server that knows it knows what a WebSocket is.
    private static let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// - Returns: the value of `Sec-WebSocket-Accept`.
    /// - Throws: ``Problem``: 426 for a request that is no upgrade, or to another version; 400 for one without a key.
    static func accept(_ request: Request) throws -> String {
        let headers = request.headers
        guard request.method == .get, headers.tokens(.upgrade).contains("websocket"),
            headers.tokens(.connection).contains("upgrade")
        else { throw upgradeRequired("This is a WebSocket: the request has to be an upgrade.") }
        guard headers[.secWebSocketVersion] == version else {
            throw upgradeRequired("Sec-WebSocket-Version has to be \(version).")
        }
        guard let key = headers[.secWebSocketKey], key.utf8.count == 24, let bytes = Data(base64Encoded: key), bytes.count == 16
        else { throw Problem(.badRequest, "Sec-WebSocket-Key has to be 16 bytes in Base64.") }
        return Data(Insecure.SHA1.hash(data: Data((key + magic).utf8))).base64EncodedString()
    }

    private static func upgradeRequired(_ detail: String) -> Problem {
        Problem(
            .upgradeRequired, detail,
            headers: [.connection: "upgrade", .upgrade: "websocket", .secWebSocketVersion: version])
    }

    /// The header fields of the answer.
    static func headers(accept: String) -> HTTPFields {
        [.connection: "upgrade", .upgrade: "websocket", .secWebSocketAccept: accept]
    }

    /// The whole answer.
    static func response(accept: String) -> String {
        let fields = headers(accept: accept).map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
        return "HTTP/1.1 101 Switching Protocols\r\n\(fields)\r\n"
    }
}

extension HTTPFields {
    /// The field's parts between commas, in lower case.
    func tokens(_ name: HTTPField.Name) -> [String] {
        self[values: name].flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }
}
