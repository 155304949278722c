public import NIOCore

/// One frame of a WebSocket (RFC 6455, section 5.2), in order or, for a hostile client's sake, not.
public struct WebSocketFrame: Sendable, Equatable {
    public var isFinal = true
    /// Of the three reserved bits.
    public var reserved: UInt8 = 0
    public var opcode: UInt8
    public var payload: [UInt8]
    /// nil: not masked, as no client may.
    public var mask: [UInt8]? = [0x12, 0x34, 0x56, 0x78]
    /// What is said to be the payload's length; nil: what it is.
    public var claimedLength: UInt64?
    /// In how many bytes the length is written: 1, 3 or 9; nil: as few as are needed.
    public var lengthBytes: Int?

    public init(_ opcode: UInt8, _ payload: [UInt8] = []) {
        (self.opcode, self.payload) = (opcode, payload)
    }

    public static func text(_ text: String) -> WebSocketFrame { WebSocketFrame(0x1, Array(text.utf8)) }
    public static func binary(_ bytes: [UInt8]) -> WebSocketFrame { WebSocketFrame(0x2, bytes) }
    public static func continuation(_ bytes: [UInt8]) -> WebSocketFrame { WebSocketFrame(0x0, bytes) }
    public static func ping(_ payload: [UInt8] = []) -> WebSocketFrame { WebSocketFrame(0x9, payload) }
    public static func pong(_ payload: [UInt8] = []) -> WebSocketFrame { WebSocketFrame(0xA, payload) }

    /// A close frame; without a code it says nothing.
    public static func close(_ code: UInt16? = nil, _ reason: String = "") -> WebSocketFrame {
        WebSocketFrame(0x8, (code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + Array(reason.utf8))
    }

    /// The same as a fragment that is not the last.
    public var unfinished: WebSocketFrame {
        var frame = self
        frame.isFinal = false
        return frame
    }

    public var text: String { String(decoding: payload, as: UTF8.self) }

    /// Of a close frame.
    public var closeCode: UInt16? { payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil }
    public var closeReason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }

    /// As it goes over the wire.
    public var bytes: [UInt8] {
        let length = claimedLength ?? UInt64(payload.count)
        let size = lengthBytes ?? (length <= 125 ? 1 : length <= 0xFFFF ? 3 : 9)
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let masked: UInt8 = mask == nil ? 0 : 0x80
        switch size {
        case 1: bytes.append(masked | UInt8(truncatingIfNeeded: length))
        case 3: bytes += [masked | 126, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        default: bytes += [masked | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// Reads a frame of the server's, strictly.
    /// - Returns: nil when there are not enough bytes; then none is taken.
    public init?(takenFrom bytes: inout ByteBuffer) throws {
        var rest = bytes
        guard let head = rest.readBytes(length: 2) else { return nil }
        guard head[0] & 0x70 == 0, head[1] & 0x80 == 0 else { throw HTTPConnectionError("a frame with reserved bits, or masked") }
        var length = Int(head[1])
        if length == 126 {
            guard let long = rest.readInteger(as: UInt16.self) else { return nil }
            guard long > 125 else { throw HTTPConnectionError("a length in too many bytes") }
            length = Int(long)
        } else if length == 127 {
            guard let long = rest.readInteger(as: UInt64.self) else { return nil }
            guard long > 0xFFFF, let fitting = Int(exactly: long) else { throw HTTPConnectionError("a length in too many bytes") }
            length = fitting
        }
        guard let payload = rest.readBytes(length: length) else { return nil }
        self.init(head[0] & 0x0F, payload)
        isFinal = head[0] & 0x80 != 0
        mask = nil
        bytes = rest
        bytes.discardReadBytes()
    }
}
