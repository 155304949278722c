#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import NIOCore

/// An IPv4 or IPv6 address. An IPv4 address that is mapped into IPv6 is the IPv4 address.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in its last bits. Numbers rather than an array: an address is copied for every request.
    private let high: UInt64
    private let low: UInt64
    private let isIPv4: Bool

    /// 4 or 16, in network order.
    public var bytes: [UInt8] {
        let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
        return isIPv4 ? Array(all[12...]) : all
    }

    private init(_ bytes: some Collection<UInt8>) {
        isIPv4 = bytes.count == 4
        high = bytes.dropLast(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads an address, also one with a port as it stands in `X-Forwarded-For`: `192.0.2.1:80`, `[2001:db8::1]:80`.
    public init?(_ text: some StringProtocol) {
        let host: Substring
        let port: Substring
        let text = Substring(text)
        if text.hasPrefix("["), let bracket = text.firstIndex(of: "]") {
            (host, port) = (text[..<bracket].dropFirst(), text[bracket...].dropFirst())
        } else if let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon {
            (host, port) = (text[..<colon], text[colon...])
        } else {
            (host, port) = (text, "")
        }
        guard port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) != nil) else { return nil }
        self.init(withoutPort: host)
    }

    /// nil for a Unix domain socket.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(withoutPort: text)
    }

    fileprivate init?(withoutPort text: some StringProtocol) {
        let text = String(text)
        // To C a text ends at a NUL.
        guard !text.utf8.contains(0) else { return nil }
        var all = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &all) == 1 {
            self.init(all[..<4])
        } else if inet_pton(AF_INET6, text, &all) == 1 {
            let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
            self.init(isMapped ? all[12...] : all[...])
        } else {
            return nil
        }
    }

    /// What belongs to one client: an IPv4 address itself; of IPv6 the first 64 bits, since the rest is the client's to choose.
    public var network: IPAddress {
        isIPv4 ? self : IPAddress(bytes.prefix(8) + [UInt8](repeating: 0, count: 8))
    }

    /// Whether it leads to this machine, always.
    var isLoopback: Bool {
        isIPv4 ? low >> 24 == 127 : high == 0 && low == 1
    }

    /// The canonical text (RFC 5952).
    public var description: String {
        guard !isIPv4 else { return "\(low >> 24).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)" }
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A range of addresses, such as `10.0.0.0/8`.
public struct AddressRange: Sendable {
    private let base: IPAddress
    private let prefixLength: Int

    /// A single address is a range of one.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let base = IPAddress(withoutPort: parts[0]) else { return nil }
        // Of an IPv4 address that is mapped into IPv6 the first 96 bits say just that.
        let before = base.bytes.count == 4 && parts[0].contains(":") ? 96 : 0
        let width = before + base.bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : width, (before...width).contains(length) else { return nil }
        (self.base, prefixLength) = (base, length - before)
    }

    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        for (index, (one, other)) in zip(address.bytes, base.bytes).enumerated() {
            let bits = min(8, max(0, prefixLength - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            guard one & mask == other & mask else { return false }
        }
        return true
    }
}
