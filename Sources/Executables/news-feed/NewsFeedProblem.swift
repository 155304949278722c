import HTTPTypes
public import NewsFeed
public import ServiceKit

extension NewsFeedError: ProblemConvertible {
    public var problem: Problem {
        Problem(status, description)
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .invalidUser, .invalidText, .invalidMediaURLs, .invalidIdempotencyKey, .invalidCursor, .invalidLimit, .ownFollow:
            .badRequest
        case .idempotencyConflict, .tooManyFollowed: .conflict
        case .notFound: .notFound
        case .notAuthor: .forbidden
        case .unreadableRecord, .eventsLost, .workerStopped, .redis: .serviceUnavailable
        }
    }
}
