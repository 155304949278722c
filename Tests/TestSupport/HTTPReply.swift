import Foundation
import NIOCore

/// One response, read strictly: what a lenient client would repair is an error here.
public struct HTTPReply: Sendable {
    public let status: Int
    public let reason: String
    /// In the order and the spelling in which they came.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    /// The field's value, in whatever case its name is written; several of one name joined by commas.
    public subscript(name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body, decoded from JSON.
    public func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

extension HTTPReply: CustomStringConvertible {
    public var description: String {
        "\(status) \(reason) \(headers.map { "\($0.name): \($0.value)" }) \(text.prefix(500))"
    }
}

extension HTTPReply {
    /// - Parameter isLast: no more bytes will come.
    /// - Returns: nil when there are not enough bytes; then none is taken.
    init?(takenFrom bytes: inout ByteBuffer, isToHead: Bool, isLast: Bool) throws {
        var rest = bytes
        guard let head = try Self.readHead(&rest) else { return nil }
        let lines = head.components(separatedBy: "\r\n")
        let start = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard start.count == 3, start[0] == "HTTP/1.1", start[1].count == 3, let status = Int(start[1]) else {
            throw HTTPConnectionError("no status line: \(lines[0])")
        }
        (self.status, reason) = (status, String(start[2]))
        headers = try lines.dropFirst().map { line in
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex, !line[..<colon].contains(" ") else {
                throw HTTPConnectionError("no header field: \(line)")
            }
            return (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        let fields = headers
        func values(_ name: String) -> [String] { fields.filter { $0.name.lowercased() == name }.map(\.value) }
        let lengths = values("content-length")
        let codings = values("transfer-encoding")

        if isToHead || status < 200 || status == 204 || status == 304 {
            body = []
        } else if codings == ["chunked"], lengths.isEmpty {
            guard let chunks = try Self.readChunks(&rest) else { return nil }
            body = chunks
        } else if let text = lengths.first {
            guard lengths.count == 1, codings.isEmpty, let length = Int(text) else {
                throw HTTPConnectionError("unclear length: \(lengths) \(codings)")
            }
            guard let whole = rest.readBytes(length: length) else { return nil }
            body = whole
        } else {
            guard isLast else { return nil }
            body = rest.readBytes(length: rest.readableBytes) ?? []
        }
        bytes = rest
        bytes.discardReadBytes()
    }

    /// Everything before the empty line.
    private static func readHead(_ bytes: inout ByteBuffer) throws -> String? {
        guard let end = bytes.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let view = bytes.readableBytesView
        guard let head = String(validating: view[..<end.lowerBound], as: UTF8.self) else {
            throw HTTPConnectionError("a head that is not UTF-8")
        }
        let withoutLineEnds = head.replacingOccurrences(of: "\r\n", with: "").unicodeScalars
        guard !withoutLineEnds.contains(where: { $0 == "\r" || $0 == "\n" || $0 == "\0" }) else {
            throw HTTPConnectionError("a bare CR or LF, or NUL, in the head: \(head)")
        }
        bytes.moveReaderIndex(to: end.upperBound)
        return head
    }

    private static func readChunks(_ bytes: inout ByteBuffer) throws -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            guard let line = readLine(&bytes) else { return nil }
            guard let length = Int(line, radix: 16), length >= 0 else { throw HTTPConnectionError("no chunk length: \(line)") }
            guard length > 0 else { break }
            guard let chunk = bytes.readBytes(length: length), let end = bytes.readString(length: 2) else { return nil }
            guard end == "\r\n" else { throw HTTPConnectionError("a chunk that does not end where it says") }
            body += chunk
        }
        while let line = readLine(&bytes) {
            if line.isEmpty { return body }
        }
        return nil
    }

    private static func readLine(_ bytes: inout ByteBuffer) -> String? {
        guard let end = bytes.readableBytesView.firstRange(of: Array("\r\n".utf8)) else { return nil }
        let line = String(decoding: bytes.readableBytesView[..<end.lowerBound], as: UTF8.self)
        bytes.moveReaderIndex(to: end.upperBound)
        return line
    }
}
