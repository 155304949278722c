import HTTPTypes
public import RideHailing
public import ServiceKit

extension RideHailingError: ProblemConvertible {
    public var problem: Problem {
        if case .conflict(let ride) = self { return Problem(.conflict, description, members: [("ride", ride.json)]) }
        return Problem(status, description)
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .invalidUser, .invalidLatitude, .invalidLongitude, .invalidHeading, .invalidTime, .invalidRadius, .invalidLimit,
            .invalidIdempotencyKey:
            .badRequest
        case .idempotencyConflict, .fareUsed, .conflict, .driverRiding: .conflict
        case .unknownFare, .notFound: .notFound
        case .forbidden: .forbidden
        case .noRoute: .unprocessableContent
        case .overloaded, .unreadableRecord, .eventsLost, .matcherStopped, .redis: .serviceUnavailable
        }
    }
}
