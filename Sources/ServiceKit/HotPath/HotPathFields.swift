#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The header fields of a plain request, as they stand in the connection's buffer.
public struct HotPathFields {
    /// Lines that end in CR LF, each with a name, a colon and a value.
    let lines: UnsafeRawBufferPointer

    /// The value of a field, or of several of that name, joined by commas (RFC 9110, section 5.2); nil without one.
    ///
    /// Linear in the length of all fields. Bytes that are no UTF-8 become U+FFFD.
    /// - Parameter name: in lower case.
    public subscript(name: String) -> String? {
        var value: String?
        var rest = lines
        while let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) {
            let end = UnsafeRawPointer(found) - base
            let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
            let length = name.utf8.count
            guard line.count > length, line[length] == UInt8(ascii: ":"),
                UnsafeRawBufferPointer(rebasing: line[..<length]).equals(name)
            else { continue }
            let text = String(
                decoding: UnsafeRawBufferPointer(rebasing: line[(length + 1)..<(line.count - 1)]).trimmed, as: UTF8.self)
            value = value.map { "\($0), \(text)" } ?? text
        }
        return value
    }
}
