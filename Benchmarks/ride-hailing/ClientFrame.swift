import NIOCore

/// WebSocket frames as clients need them here: short, whole, and masked with zeros, since nobody is to be protected on loopback.
enum ClientFrame {
    static let (text, close, ping, pong) = (UInt8(0x1), UInt8(0x8), UInt8(0x9), UInt8(0xA))

    static func write(_ payload: some Sequence<UInt8>, length: Int, opcode: UInt8 = text, to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | opcode)
        if length < 126 {
            buffer.writeInteger(0x80 | UInt8(length))
        } else {
            buffer.writeInteger(0x80 | UInt8(126))
            buffer.writeInteger(UInt16(length))
        }
        buffer.writeInteger(UInt32(0))
        buffer.writeBytes(payload)
    }

    /// Reads the whole frames of a server at the beginning.
    /// - Returns: how many bytes they had.
    static func readAll(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ opcode: UInt8, _ payload: UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var start = 0
        while bytes.count - start >= 2 {
            guard bytes[start] & 0x80 != 0, bytes[start + 1] < 127 else { throw LoadError.unexpected("a frame in parts") }
            var (length, head) = (Int(bytes[start + 1]), 2)
            if length == 126 {
                guard bytes.count - start >= 4 else { break }
                (length, head) = (Int(bytes[start + 2]) << 8 | Int(bytes[start + 3]), 4)
            }
            let payload = start + head
            guard bytes.count - payload >= length else { break }
            try body(bytes[start] & 0xF, UnsafeRawBufferPointer(rebasing: bytes[payload..<payload + length]))
            start = payload + length
        }
        return start
    }
}
