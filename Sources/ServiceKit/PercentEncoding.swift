/// A part of a path or a query, decoded: `%2F` is a slash, `+` is a plus.
/// - Returns: nil when an escape is broken or the result is not UTF-8.
public func percentDecoded(_ bytes: UnsafeRawBufferPointer) -> String? {
    let percent = UInt8(ascii: "%")
    guard bytes.contains(percent) else { return String(validating: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
        guard byte == percent else {
            decoded.append(byte)
            continue
        }
        guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else { return nil }
        decoded.append(high << 4 | low)
    }
    return String(validating: decoded, as: UTF8.self)
}

/// The same for text.
public func percentDecoded(_ text: some StringProtocol) -> String? {
    Array(text.utf8).withUnsafeBytes { percentDecoded($0) }
}

extension UInt8 {
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
