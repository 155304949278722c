/// What is to be different about a link.
public struct LinkChange: Sendable, Hashable {
    /// What becomes of a part that may be absent.
    public enum Part<Value: Sendable & Hashable>: Sendable, Hashable {
        case unchanged
        case removed
        case set(Value)
    }

    /// nil: unchanged.
    public var url: String?
    /// From the moment of the change.
    public var expiresInSeconds: Part<Int>
    /// Visits count that were made while the link had a greatest number, this one or another; those before do not.
    public var maxVisits: Part<Int>

    public init(url: String? = nil, expiresInSeconds: Part<Int> = .unchanged, maxVisits: Part<Int> = .unchanged) {
        (self.url, self.expiresInSeconds, self.maxVisits) = (url, expiresInSeconds, maxVisits)
    }
}

extension LinkChange {
    /// A record with the change made, if all of it is in order.
    func applied(to record: LinkRecord, ownHosts: [HostAndPort], now: Int) throws(URLShortenerError) -> LinkRecord {
        if let url { try NewLink.validate(url: url, ownHosts: ownHosts) }
        let expiresAt: Int?
        switch expiresInSeconds {
        case .unchanged: expiresAt = record.expiresAtMilliseconds
        case .removed: expiresAt = nil
        case .set(let seconds): expiresAt = try NewLink.expiry(seconds, from: now)
        }
        let visits: Int?
        switch maxVisits {
        case .unchanged: visits = record.maxVisits
        case .removed: visits = nil
        case .set(let number): visits = try NewLink.valid(maxVisits: number)
        }
        return LinkRecord(
            url: url ?? record.url, createdAtMilliseconds: record.createdAtMilliseconds, expiresAtMilliseconds: expiresAt,
            maxVisits: visits, owner: record.owner)
    }
}
