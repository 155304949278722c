/// A link to be created.
public struct NewLink: Sendable, Hashable {
    public var url: String
    /// A code of one's own choice.
    public var alias: String?
    public var expiresInSeconds: Int?
    public var maxVisits: Int?
    /// The user who creates it.
    public var owner: String?

    public init(
        url: String, alias: String? = nil, expiresInSeconds: Int? = nil, maxVisits: Int? = nil, owner: String? = nil
    ) {
        (self.url, self.alias, self.owner) = (url, alias, owner)
        (self.expiresInSeconds, self.maxVisits) = (expiresInSeconds, maxVisits)
    }
}

extension NewLink {
    /// What is to be stored, if all of it is in order.
    func record(ownHosts: [HostAndPort], now: Int) throws(URLShortenerError) -> LinkRecord {
        try Self.validate(url: url, ownHosts: ownHosts)
        if let alias { try LinkCode.validate(alias: alias) }
        return LinkRecord(
            url: url, createdAtMilliseconds: now, expiresAtMilliseconds: try Self.expiry(expiresInSeconds, from: now),
            maxVisits: try Self.valid(maxVisits: maxVisits), owner: owner)
    }

    static func validate(url: String, ownHosts: [HostAndPort]) throws(URLShortenerError) {
        let destination = try Destination(url: url)
        if ownHosts.contains(where: destination.isOn) { throw .ownHost }
    }

    static func expiry(_ seconds: Int?, from now: Int) throws(URLShortenerError) -> Int? {
        guard let seconds else { return nil }
        guard (1...URLShortenerError.maximumExpirySeconds).contains(seconds) else { throw .invalidExpiry }
        return now + seconds * 1000
    }

    static func valid(maxVisits: Int?) throws(URLShortenerError) -> Int? {
        guard let maxVisits else { return nil }
        guard (1...URLShortenerError.maximumMaxVisits).contains(maxVisits) else { throw .invalidMaxVisits }
        return maxVisits
    }
}
