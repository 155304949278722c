import RideHailing
import ServiceKit

/// Where a driver says that he is: `{"lat":…,"lon":…,"heading":…,"at":…}`, the last two optional.
struct LocationBody: Decodable, Equatable {
    let coordinate: Coordinate
    let heading: Double?
    let atMilliseconds: Int?

    private enum Key: CodingKey {
        case heading, at
    }

    init(_ coordinate: Coordinate, heading: Double?, atMilliseconds: Int?) {
        (self.coordinate, self.heading, self.atMilliseconds) = (coordinate, heading, atMilliseconds)
    }

    init(from decoder: any Decoder) throws {
        coordinate = try PlaceBody(from: decoder).coordinate
        let container = try decoder.container(keyedBy: Key.self)
        heading = try container.decodeIfPresent(Double.self, forKey: .heading)
        if let heading, !(0...360).contains(heading) {
            throw DecodingError.outOfRange(Key.heading, container, "degrees from 0 to 360.")
        }
        guard let text = try container.decodeIfPresent(String.self, forKey: .at) else {
            atMilliseconds = nil
            return
        }
        guard let milliseconds = Timestamp.milliseconds(of: text), milliseconds >= 0 else {
            throw DecodingError.outOfRange(Key.at, container, "a time such as 2026-11-21T09:00:00.000Z.")
        }
        atMilliseconds = milliseconds
    }

    /// - Throws: ``RideHailingError``.
    func position(of driver: String) throws(RideHailingError) -> DriverPosition {
        try DriverPosition(driver: driver, coordinate: coordinate, heading: heading, atMilliseconds: atMilliseconds)
    }
}
