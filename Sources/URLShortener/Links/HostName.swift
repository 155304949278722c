import Foundation
import NIOCore

/// The host of a URL in a form in which two that lead to the same place are equal, whatever they look like.
///
/// Browsers decode percent-escapes, fold case and compatibility characters (`ｅxample。com`), read `0x7f.1` as an address
/// (WHATWG URL Standard, "host parsing"); so does this. All names of the machine itself become `localhost`.
struct HostName: Hashable, Sendable {
    let text: String

    private static let local = "localhost"

    /// - Parameter text: as in a URL, an IPv6 address in brackets.
    /// - Returns: nil when no host can have this name.
    init?(_ text: some StringProtocol) {
        guard let text = text.hasPrefix("[") ? Self.address(inBrackets: String(text)) : Self.name(String(text)) else {
            return nil
        }
        self.text = text
    }

    private static func name(_ text: String) -> String? {
        guard let decoded = text.removingPercentEncoding else { return nil }
        var name = decoded.utf8.allSatisfy { $0 < 0x80 } ? decoded.lowercased() : inASCII(folded(decoded))
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253,
            labels.allSatisfy({ (1...63).contains($0.utf8.count) && $0.unicodeScalars.allSatisfy(isAllowed) })
        else { return nil }
        if labels.last.map(isNumber) ?? false {
            return IPv4Number(labels).map { $0.isLocal ? local : $0.text }
        }
        return labels.last?.elementsEqual(local) ?? false ? local : name
    }

    /// As in the domain name system (IDNA): `xn--mnchen-3ya` for `münchen`.
    private static func inASCII(_ name: String) -> String {
        var parts = URLComponents()
        parts.host = name
        return parts.encodedHost?.lowercased() ?? name
    }

    private static func folded(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.precomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
        where !scalar.properties.isDefaultIgnorableCodePoint {
            scalars.append(scalar == "\u{3002}" ? "." : scalar)
        }
        return String(scalars).precomposedStringWithCompatibilityMapping
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", "-", "_": true
        default: scalar.value >= 0x80 && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
        }
    }

    /// Whoever ends in a number is an address.
    private static func isNumber(_ label: Substring) -> Bool {
        if label.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { return true }
        return label.hasPrefix("0x") && label.dropFirst(2).allSatisfy(\.isHexDigit)
    }

    private static func address(inBrackets text: String) -> String? {
        guard text.hasSuffix("]"), !text.contains("%"),
            case .v6(let address)? = try? SocketAddress(ipAddress: String(text.dropFirst().dropLast()), port: 0)
        else { return nil }
        let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
            let mapped = IPv4Number(bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) })
            return mapped.isLocal ? local : mapped.text
        }
        // `::` and `::1`.
        if bytes.dropLast().allSatisfy({ $0 == 0 }), (0...1).contains(bytes[15]) { return local }
        return "[" + bytes.map { String($0, radix: 16) }.joined(separator: ":") + "]"
    }
}

/// An IPv4 address in any of the ways in which browsers read one.
struct IPv4Number {
    private let value: UInt32

    init(_ value: UInt32) {
        self.value = value
    }

    /// One to four numbers, decimal, `0x` hexadecimal or `0` octal; the last fills what is left.
    init?(_ parts: [Substring]) {
        var numbers: [UInt64] = []
        for part in parts {
            let number: UInt64?
            switch part {
            case "0x": number = 0
            case let part where part.hasPrefix("0x"): number = UInt64(part.dropFirst(2), radix: 16)
            case let part where part.hasPrefix("0") && part.count > 1: number = UInt64(part.dropFirst(), radix: 8)
            default: number = UInt64(part)
            }
            guard let number else { return nil }
            numbers.append(number)
        }
        guard let last = numbers.popLast(), numbers.count < 4, numbers.allSatisfy({ $0 < 256 }),
            last < 1 << (8 * UInt64(4 - numbers.count))
        else { return nil }
        var value = UInt32(last)
        for (index, number) in numbers.enumerated() { value |= UInt32(number) << UInt32(24 - 8 * index) }
        self.value = value
    }

    /// `127.0.0.0/8`, and `0.0.0.0`, which leads there.
    var isLocal: Bool { value >> 24 == 127 || value == 0 }

    var text: String {
        [24, 16, 8, 0].map { String(value >> $0 & 0xFF) }.joined(separator: ".")
    }
}
