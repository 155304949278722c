public import Redis

/// Why something was not done.
public enum RideHailingError: Error, Sendable {
    case invalidUser
    case invalidLatitude
    case invalidLongitude
    case invalidHeading
    /// No time, or one too far in the future.
    case invalidTime
    case invalidRadius
    case invalidLimit
    case invalidIdempotencyKey
    /// The key was used for another request.
    case idempotencyConflict
    /// There is no such fare any more, or it is another's.
    case unknownFare
    /// The fare has served a ride.
    case fareUsed
    case notFound
    /// It is not his ride.
    case forbidden
    /// The ride is not as it was seen any more. Here it is as it is now.
    case conflict(Ride)
    /// The driver has this ride, and cannot begin or end his work before it has ended.
    case driverRiding(String)
    /// More comes than Redis takes.
    case overloaded
    /// The route's provider gave none.
    case noRoute
    /// What lies in Redis in its place is nothing that was written here.
    case unreadableRecord
    /// What is published does not reach this instance.
    case eventsLost
    /// Nothing of this instance brings rides to drivers.
    case matcherStopped
    case redis(RedisError)

    static let maximumIdempotencyKeyLength = 255
    static let maximumRadiusMeters = 50_000.0
    static let maximumLimit = 100
}

extension RideHailingError: CustomStringConvertible {
    /// One sentence for whoever asked.
    public var description: String {
        switch self {
        case .invalidUser: "user: 1 to \(UserName.maximumLength) bytes."
        case .invalidLatitude: "lat: a number from -90 to 90."
        case .invalidLongitude: "lon: a number from -180 to 180."
        case .invalidHeading: "heading: degrees from 0 to 360."
        case .invalidTime: "at: a time that is not in the future."
        case .invalidRadius: "radiusMeters: from 1 to \(Int(Self.maximumRadiusMeters))."
        case .invalidLimit: "limit: an integer from 1 to \(Self.maximumLimit)."
        case .invalidIdempotencyKey: "Idempotency-Key: 1 to \(Self.maximumIdempotencyKeyLength) printable ASCII characters."
        case .idempotencyConflict: "Idempotency-Key: it was used for another request."
        case .unknownFare: "fareId: there is no such fare of yours any more."
        case .fareUsed: "fareId: the fare has served a ride."
        case .notFound: "There is no such ride."
        case .forbidden: "It is another's ride."
        case .conflict(let ride): "The ride is \(ride.status) by now, version \(ride.version)."
        case .driverRiding(let ride): "The driver has ride \(ride), which has to end before."
        case .overloaded: "More positions come than can be recorded."
        case .noRoute: "No route was found."
        case .unreadableRecord: "What is stored cannot be read."
        case .eventsLost: "Published messages do not come back from Redis."
        case .matcherStopped: "Rides are requested, and no matcher gets on."
        case .redis: "Redis did not answer in time."
        }
    }
}
