/// Where a URL leads: as much of it as decides whether it may be shortened.
struct Destination: Hashable, Sendable {
    let host: HostName
    let port: Int

    private static let ports = ["http": 80, "https": 443]

    /// Reads what may be shortened. The URL itself is kept as it is, byte for byte.
    /// - Throws: ``URLShortenerError/invalidURL(reason:)``.
    init(url: String) throws(URLShortenerError) {
        guard url.utf8.count <= URLShortenerError.maximumURLLength else {
            throw .invalidURL(reason: "at most \(URLShortenerError.maximumURLLength) bytes")
        }
        guard url.unicodeScalars.allSatisfy(Self.isAllowed) else {
            throw .invalidURL(reason: "no spaces and no control characters")
        }
        guard let separator = url.firstRange(of: "://"), let port = Self.ports[url[..<separator.lowerBound].lowercased()] else {
            throw .invalidURL(reason: "must begin with http:// or https://")
        }
        // Byte by byte: a slash with an accent on it is one character here, and a slash to a browser.
        let authority = url.utf8[separator.upperBound...].prefix { !"/?#".utf8.contains($0) }
        // Browsers take it for a slash, others for a part of the name: whom one asks decides where it leads.
        guard !authority.contains(UInt8(ascii: "\\")) else { throw .invalidURL(reason: "no backslash in the host") }
        // Whatever stands before the last @ is a user and a password, even if it looks like a host.
        let location = Substring(authority.lastIndex(of: UInt8(ascii: "@")).map { authority[$0...].dropFirst() } ?? authority)
        guard !location.isEmpty else { throw .invalidURL(reason: "must name a host") }
        guard let parts = HostAndPort(location) else { throw .invalidURL(reason: "must name a host that can exist") }
        (host, self.port) = (parts.host, parts.port ?? port)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        // What nearly all of a URL is, without a look into Unicode's tables.
        if (0x21...0x7E).contains(scalar.value) { return true }
        return !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
    }

    func isOn(_ own: HostAndPort) -> Bool {
        own.host == host && (own.port ?? port) == port
    }
}

/// `host` or `host:port`.
struct HostAndPort: Hashable, Sendable {
    let host: HostName
    let port: Int?

    /// - Returns: nil when it cannot be read, or no host can have this name.
    init?(_ text: some StringProtocol) {
        let end =
            text.hasPrefix("[")
            ? text.utf8.firstIndex(of: UInt8(ascii: "]")).map { text.utf8.index(after: $0) }
            : text.utf8.firstIndex(of: UInt8(ascii: ":"))
        let rest = end.map { text[$0...] } ?? text[text.endIndex...]
        guard let host = HostName(text[..<rest.startIndex]) else { return nil }
        self.host = host
        switch rest {
        // A colon alone is no port, as in a URL.
        case "", ":": port = nil
        default:
            let digits = rest.dropFirst()
            guard rest.first == ":", digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = Int(digits), (1...65_535).contains(number)
            else { return nil }
            port = number
        }
    }
}
