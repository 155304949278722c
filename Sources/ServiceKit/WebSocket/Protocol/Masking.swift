import NIOCore

extension ByteBuffer {
    /// Appends a payload that a client has masked, in plain (RFC 6455, section 5.3).
    /// - Parameter mask: in the order of the network.
    mutating func writeUnmasked(_ masked: ByteBufferView, mask: UInt32) {
        let wide = (UInt64(mask) << 32 | UInt64(mask)).bigEndian
        writeWithUnsafeMutableBytes(minimumWritableBytes: masked.count) { target in
            masked.withUnsafeBytes { source in
                var index = 0
                while index + 8 <= source.count {
                    let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    target.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
                    index += 8
                }
                while index < source.count {
                    target[index] = source[index] ^ UInt8(truncatingIfNeeded: wide.littleEndian >> (UInt64(index % 8) * 8))
                    index += 1
                }
                return source.count
            }
        }
    }
}
