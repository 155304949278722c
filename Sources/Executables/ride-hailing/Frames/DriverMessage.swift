import RideHailing
import ServiceKit

/// What a driver's client is told over its WebSocket.
enum DriverMessage: Equatable {
    /// A ride that he may accept, until its offer ends.
    case offer(Ride)
    case offerWithdrawn(ride: String, WithdrawalReason)
    /// His ride, as it was or is in one version.
    case ride(Ride)
    case error(FrameProblem)

    var text: String {
        switch self {
        case .offer(let ride):
            JSONText.object([
                ("type", .string("offer")), ("ride", .string(ride.id)), ("version", .integer(ride.version)),
                ("from", ride.from.json), ("to", ride.to.json), ("amountCents", .integer(ride.amountCents)),
                ("currency", .string(ride.currency)), ("distanceMeters", .integer(ride.distanceMeters)),
                ("durationSeconds", .integer(ride.durationSeconds)),
                ("expiresAt", ride.offerEndsAtMilliseconds.map { .moment($0) } ?? .null),
            ]).text
        case .offerWithdrawn(let ride, let reason):
            JSONText.object([
                ("type", .string("offerWithdrawn")), ("ride", .string(ride)), ("reason", .string(reason.rawValue)),
            ]).text
        case .ride(let ride): JSONText.object([("type", .string("ride")), ("ride", ride.json)]).text
        case .error(let problem): problem.text
        }
    }
}

/// Why a driver may not accept a ride any more.
enum WithdrawalReason: String {
    /// Another has accepted it.
    case taken
    case cancelled
    /// Its time was over.
    case expired
    /// He has rejected it himself, here or on another device.
    case rejected
}

extension FrameProblem {
    var text: String {
        JSONText.object([
            ("type", .string("error")), ("code", .string(code.rawValue)), ("detail", .string(detail)), ("ride", .text(ride)),
        ]).text
    }
}
