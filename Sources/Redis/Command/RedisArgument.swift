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
        buffer.writeLine(self)
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
        writeLine(count, after: UInt8(ascii: "*"))
    }

    mutating func writeBulkLength(_ count: Int) {
        writeLine(count, after: UInt8(ascii: "$"))
    }

    mutating func writeLineEnd() {
        writeInteger(0x0D0A, as: UInt16.self)
    }

    /// A number in decimal digits and a line end, in one step: each command has a dozen of them.
    fileprivate mutating func writeLine(_ value: Int, after mark: UInt8? = nil) {
        let longest = 1 + 20 + 2
        writeWithUnsafeMutableBytes(minimumWritableBytes: longest) { bytes in
            var index = 0
            func append(_ byte: UInt8) {
                bytes[index] = byte
                index += 1
            }
            if let mark { append(mark) }
            let end = index + value.decimalDigitCount
            if value < 0 { append(UInt8(ascii: "-")) }
            var rest = value.magnitude
            for digit in stride(from: end - 1, through: index, by: -1) {
                bytes[digit] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            index = end
            append(UInt8(ascii: "\r"))
            append(UInt8(ascii: "\n"))
            return index
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
