public import Redis

/// Why there is no link.
public enum URLShortenerError: Error, Sendable {
    case invalidURL(reason: String)
    /// It leads back to the shortener.
    case ownHost
    case invalidAlias
    case reservedAlias
    /// Also when its link was deleted: a printed alias never leads to somewhere else.
    case aliasTaken
    case invalidExpiry
    case invalidMaxVisits
    case invalidIdempotencyKey
    /// The key was used for another request.
    case idempotencyConflict
    case invalidCursor
    case invalidLimit
    case notFound
    /// It was deleted.
    case gone
    /// Only its owner and the administration may do that.
    case notOwner
    /// Every code that was tried is taken.
    case codesExhausted
    /// What lies in Redis in its place is no link.
    case unreadableRecord
    /// What lies in Redis in the place of the settings that instances share is none.
    case unreadableSettings
    /// What instances publish does not reach this one.
    case eventsLost
    /// Visits are gathered, and nobody counts them.
    case visitsNotCounted
    case redis(RedisError)

    static let maximumURLLength = 8_192
    static let maximumIdempotencyKeyLength = 255
    static let maximumLimit = 1_000
    /// A hundred years.
    static let maximumExpirySeconds = 3_153_600_000
    static let maximumMaxVisits = 1_000_000_000
}

extension URLShortenerError: CustomStringConvertible {
    /// One sentence for whoever asked.
    public var description: String {
        switch self {
        case .invalidURL(let reason): "url: \(reason)."
        case .ownHost: "url: it leads back to this service."
        case .invalidAlias: "alias: 3 to 64 of A-Z a-z 0-9 _ and -."
        case .reservedAlias: "alias: this word is reserved."
        case .aliasTaken: "alias: it is taken."
        case .invalidExpiry: "expiresInSeconds: an integer from 1 to \(Self.maximumExpirySeconds)."
        case .invalidMaxVisits: "maxVisits: an integer from 1 to \(Self.maximumMaxVisits)."
        case .invalidIdempotencyKey:
            "Idempotency-Key: 1 to \(Self.maximumIdempotencyKeyLength) printable ASCII characters."
        case .idempotencyConflict: "Idempotency-Key: it was used for another request."
        case .invalidCursor: "cursor: it was not issued here."
        case .invalidLimit: "limit: an integer from 1 to \(Self.maximumLimit)."
        case .notFound: "There is no such link."
        case .gone: "The link was deleted."
        case .notOwner: "Only the link's owner may do that."
        case .codesExhausted: "No free code was found."
        case .unreadableRecord: "What is stored for this link cannot be read."
        case .unreadableSettings: "The settings that instances share cannot be read."
        case .eventsLost: "Published messages do not come back from Redis."
        case .visitsNotCounted: "Visits are not being counted."
        case .redis: "Redis did not answer in time."
        }
    }
}
