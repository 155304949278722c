import HTTPTypes
public import ServiceKit
public import URLShortener

extension URLShortenerError: ProblemConvertible {
    public var problem: Problem {
        Problem(status, description)
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .invalidURL, .ownHost, .invalidAlias, .reservedAlias, .invalidExpiry, .invalidMaxVisits, .invalidIdempotencyKey,
            .invalidCursor, .invalidLimit:
            .badRequest
        case .aliasTaken, .idempotencyConflict: .conflict
        case .notFound: .notFound
        case .gone: .gone
        case .notOwner: .forbidden
        case .codesExhausted, .unreadableRecord, .unreadableSettings, .eventsLost, .visitsNotCounted, .redis: .serviceUnavailable
        }
    }
}
