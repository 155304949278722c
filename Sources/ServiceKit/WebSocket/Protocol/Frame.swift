import NIOCore

/// What stands before a frame's payload (RFC 6455, section 5.2).
struct Frame: Equatable {
    enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool { rawValue >= 0x8 }
    }

    static let maximumControlLength = 125

    let opcode: Opcode
    let isFinal: Bool
    /// Of the payload, in bytes.
    let length: Int
    let mask: UInt32
    /// Of what stands before the payload, in bytes.
    let headLength: Int

    /// Reads the head of a client's frame. A violation is found with the first byte that shows it.
    /// - Returns: nil when bytes are missing.
    static func peek(_ bytes: ByteBuffer) throws(WebSocketViolation) -> Frame? {
        let start = bytes.readerIndex
        guard let first: UInt8 = bytes.getInteger(at: start) else { return nil }
        guard first & 0x70 == 0 else { throw .protocolError("A reserved bit is set.") }
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .protocolError("A reserved opcode.") }
        let isFinal = first & 0x80 != 0
        guard isFinal || !opcode.isControl else { throw .protocolError("A control frame in fragments.") }

        guard let second: UInt8 = bytes.getInteger(at: start + 1) else { return nil }
        guard second & 0x80 != 0 else { throw .protocolError("A frame that is not masked.") }
        let short = Int(second & 0x7F)
        guard short <= maximumControlLength || !opcode.isControl else { throw .protocolError("A control frame over 125 bytes.") }

        let length: Int
        var maskIndex = start + 2
        switch short {
        case 126:
            guard let value: UInt16 = bytes.getInteger(at: maskIndex) else { return nil }
            guard value > 125 else { throw .protocolError("A length in more bytes than it needs.") }
            length = Int(value)
            maskIndex += 2
        case 127:
            guard let value: UInt64 = bytes.getInteger(at: maskIndex) else { return nil }
            guard value > UInt16.max, let fitting = Int(exactly: value) else { throw .protocolError("A length out of range.") }
            length = fitting
            maskIndex += 8
        default: length = short
        }
        guard let mask: UInt32 = bytes.getInteger(at: maskIndex) else {
            // A length alone can be too much already: it is not waited for what belongs to it.
            return Frame(opcode: opcode, isFinal: isFinal, length: length, mask: 0, headLength: .max)
        }
        return Frame(opcode: opcode, isFinal: isFinal, length: length, mask: mask, headLength: maskIndex + 4 - start)
    }

    /// A whole frame of the server's: final, not masked.
    static func encode(_ opcode: Opcode, length: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: length + 10)
        frame.writeInteger(0x80 | opcode.rawValue)
        switch length {
        case 0...125: frame.writeInteger(UInt8(length))
        case 126...Int(UInt16.max): frame.writeMultipleIntegers(UInt8(126), UInt16(length))
        default: frame.writeMultipleIntegers(UInt8(127), UInt64(length))
        }
        write(&frame)
        return frame
    }

    static func encode(_ opcode: Opcode, _ payload: ByteBuffer) -> ByteBuffer {
        encode(opcode, length: payload.readableBytes) { $0.writeImmutableBuffer(payload) }
    }

    /// The same for all who are pinged.
    static let ping = encode(.ping, ByteBuffer())
}

/// What a client has done that a connection does not survive.
struct WebSocketViolation: Error, Equatable {
    let code: WebSocketCloseCode
    let reason: String

    static func protocolError(_ reason: String) -> WebSocketViolation {
        WebSocketViolation(code: .protocolError, reason: reason)
    }
}
