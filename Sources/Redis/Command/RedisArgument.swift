public import NIOCore

/// What a command can take as an argument. On the wire every argument is a string of bytes.
public protocol RedisArgument: Sendable {
    /// Appends the argument as a RESP bulk string: `$<length>\r\n<bytes>\r\n`.
    func write(to buffer: inout ByteBuffer)
}

extension String: RedisArgument {
    public func write(to buffer: inout ByteBuffer) {
        buffer.writeBulkLength(utf8.count)
        buffer.writeString(self)
        buffer.writeLineEnd()
    }
}

extension Int: RedisArgument {
    public func write(to buffer: inout ByteBuffer) {
        buffer.writeBulkLength(decimalDigitCount)
        buffer.writeDecimal(self)
        buffer.writeLineEnd()
    }
}

extension Double: RedisArgument {
    /// The shortest form that reads back as the same number.
    public func write(to buffer: inout ByteBuffer) { description.write(to: &buffer) }
}

extension [UInt8]: RedisArgument {
    public func write(to buffer: inout ByteBuffer) {
        buffer.writeBulkLength(count)
        buffer.writeBytes(self)
        buffer.writeLineEnd()
    }
}

extension ByteBuffer: RedisArgument {
    /// The readable bytes.
    public func write(to buffer: inout ByteBuffer) {
        buffer.writeBulkLength(readableBytes)
        buffer.writeImmutableBuffer(self)
        buffer.writeLineEnd()
    }
}

extension ByteBuffer {
    mutating func writeArrayLength(_ count: Int) {
        writeInteger(UInt8(ascii: "*"))
        writeDecimal(count)
        writeLineEnd()
    }

    mutating func writeBulkLength(_ count: Int) {
        writeInteger(UInt8(ascii: "$"))
        writeDecimal(count)
        writeLineEnd()
    }

    mutating func writeLineEnd() {
        writeInteger(0x0D0A, as: UInt16.self)
    }

    /// Digits straight into the buffer: no `String` between, since each command writes several lengths.
    mutating func writeDecimal(_ value: Int) {
        let count = value.decimalDigitCount
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            var rest = value.magnitude
            for index in stride(from: count - 1, through: value < 0 ? 1 : 0, by: -1) {
                bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            if value < 0 { bytes[0] = UInt8(ascii: "-") }
            return count
        }
    }
}

extension Int {
    fileprivate var decimalDigitCount: Int {
        var count = self < 0 ? 2 : 1
        var rest = magnitude
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }
}
