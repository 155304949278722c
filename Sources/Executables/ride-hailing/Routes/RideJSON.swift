import RideHailing
import ServiceKit

extension Coordinate {
    var json: JSONText { .object(members) }
    var members: [(String, JSONText)] { [("lat", .number(latitude)), ("lon", .number(longitude))] }
}

extension Fare {
    var json: JSONText {
        .object([
            ("id", .string(id)), ("from", from.json), ("to", to.json), ("distanceMeters", .integer(distanceMeters)),
            ("durationSeconds", .integer(durationSeconds)), ("amountCents", .integer(amountCents)),
            ("currency", .string(currency)), ("expiresAt", .moment(expiresAtMilliseconds)),
        ])
    }
}

extension NearbyDriver {
    var json: JSONText {
        .object(
            [("id", .string(driver))] + coordinate.members + [
                // To 10 cm.
                ("distanceMeters", .number((distanceMeters * 10).rounded() / 10)), ("seenAt", .moment(seenAtMilliseconds)),
            ])
    }
}

extension Ride {
    var json: JSONText {
        .object([
            ("id", .string(id)), ("status", .string(status.rawValue)), ("version", .integer(version)), ("rider", .string(rider)),
            ("driver", .text(driver)), ("reason", .text(reason)), ("from", from.json), ("to", to.json),
            ("amountCents", .integer(amountCents)), ("currency", .string(currency)),
            ("distanceMeters", .integer(distanceMeters)), ("durationSeconds", .integer(durationSeconds)),
            ("createdAt", .moment(createdAtMilliseconds)), ("history", .array(history.map(\.json))),
        ])
    }
}

extension RideChange {
    fileprivate var json: JSONText {
        .object([
            ("status", .string(status.rawValue)), ("version", .integer(version)), ("by", .text(by)),
            ("at", .moment(atMilliseconds)),
        ])
    }
}

extension JSONText {
    static func moment(_ milliseconds: Int) -> JSONText { .string(Timestamp.text(milliseconds: milliseconds)) }
    static func text(_ text: String?) -> JSONText { text.map { .string($0) } ?? .null }
}
