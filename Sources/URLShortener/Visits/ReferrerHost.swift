/// The host of a `Referer` header, as far as it can be trusted to be one.
enum ReferrerHost {
    /// As long as a name in the DNS can be.
    private static let maximumLength = 253
    /// Of the header: what is longer may still begin with a host.
    private static let maximumPrefix = 1024

    /// - Returns: in lower case, without user, port and final dot; nil when there is none, or it is no host.
    static func host(ofReferrer referrer: String) -> String? {
        let bytes = Array(referrer.utf8.prefix(maximumPrefix))
        guard let start = startOfAuthority(bytes) else { return nil }
        var authority = bytes[start...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[(at + 1)...] }
        let host = authority.first == UInt8(ascii: "[") ? address(authority) : name(authority)
        return host.map { String(decoding: $0.map(\.lowercased), as: UTF8.self) }
    }

    private static func startOfAuthority(_ bytes: [UInt8]) -> Int? {
        for scheme in ["http://", "https://"] where bytes.prefix(scheme.utf8.count).map(\.lowercased) == Array(scheme.utf8) {
            return scheme.utf8.count
        }
        return nil
    }

    /// `[::1]`, with its brackets.
    private static func address(_ authority: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = authority.firstIndex(of: UInt8(ascii: "]")), isPort(authority[(end + 1)...]) else { return nil }
        let host = authority[...end]
        let inner = host.dropFirst().dropLast()
        let isAddress =
            inner.contains(UInt8(ascii: ":"))
            && inner.allSatisfy { $0.isHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        return isAddress && inner.count <= 45 ? host : nil
    }

    private static func name(_ authority: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var host = authority.prefix { $0 != UInt8(ascii: ":") }
        guard isPort(authority[host.endIndex...]) else { return nil }
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        guard (1...maximumLength).contains(host.count) else { return nil }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { (1...63).contains($0.count) && $0.allSatisfy(\.isOfName) } ? host : nil
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        return first == UInt8(ascii: ":") && bytes.count <= 6 && bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// The country that a proxy names in a header field.
enum CountryCode {
    /// - Returns: two letters in upper case; nil when it is anything else. `XX` and `T1`, which some send for "unknown", are nil.
    static func code(_ text: String) -> String? {
        guard text.utf8.count == 2 else { return nil }
        let letters = text.utf8.map(\.lowercased)
        guard letters.allSatisfy({ (0x61...0x7A).contains($0) }) else { return nil }
        let code = String(decoding: letters.map { $0 - 0x20 }, as: UTF8.self)
        return code == "XX" ? nil : code
    }
}

extension UInt8 {
    /// Of ASCII; any other byte stays.
    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
    fileprivate var isHexDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(lowercased) }
    /// In host names as they are met: with an underscore.
    fileprivate var isOfName: Bool {
        (0x30...0x39).contains(self) || (0x61...0x7A).contains(lowercased) || self == UInt8(ascii: "-")
            || self == UInt8(ascii: "_")
    }
}
