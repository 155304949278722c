import RideHailing
import ServiceKit

/// What a rider's client is told over the WebSocket of its ride.
enum RiderMessage: Equatable {
    /// The ride, as it was or is in one version.
    case ride(Ride)
    /// Where its driver is.
    case driverLocation(RidePosition)
    case error(FrameProblem)

    var text: String {
        switch self {
        case .ride(let ride): JSONText.object([("type", .string("ride")), ("ride", ride.json)]).text
        case .driverLocation(let position):
            JSONText.object(
                [("type", .string("driverLocation"))] + position.coordinate.members + [
                    ("heading", position.heading.map { .number($0) } ?? .null), ("at", .moment(position.atMilliseconds)),
                ]
            ).text
        case .error(let problem): problem.text
        }
    }
}
