/// Where a driver says that he is.
public struct DriverPosition: Sendable, Hashable {
    public let driver: String
    public let coordinate: Coordinate
    /// Degrees from north, clockwise, 0 to 360.
    public let heading: Double?
    /// When he was there, in milliseconds since 1970; nil: now. Of two positions the one that is later by this counts.
    public let atMilliseconds: Int?
    let name: UserName

    /// - Throws: ``RideHailingError``: what is out of range, or no number.
    public init(driver: String, coordinate: Coordinate, heading: Double? = nil, atMilliseconds: Int? = nil)
        throws(RideHailingError)
    {
        name = try UserName(driver)
        if let heading, !(0...360).contains(heading) { throw .invalidHeading }
        // What has more digits is no time of this kind.
        if let atMilliseconds, !(0...9_999_999_999_999).contains(atMilliseconds) { throw .invalidTime }
        (self.driver, self.coordinate, self.heading, self.atMilliseconds) = (driver, coordinate, heading, atMilliseconds)
    }

    /// How a position ends as it lies in Redis.
    var text: String { "\(coordinate.text) \(heading.map { "\($0)" } ?? "-")" }

    /// So far `at` may lie in the future by Redis' clock: clocks differ.
    static let futureMilliseconds = 5_000
    /// A day: for whoever asks where a driver was last.
    static let keptMilliseconds = 86_400_000
}

/// What became of a position.
public enum PositionOutcome: Sendable, Hashable {
    case recorded
    /// A later one is known.
    case outdated
    /// It says that it comes from the future.
    case inFuture
}

/// The last known position of a driver.
struct KnownPosition: Sendable {
    /// As it lies in Redis.
    let text: String
    let seenAtMilliseconds: Int
    let cell: CityCell
    let coordinate: Coordinate

    /// - Parameter text: "AT SEEN ROW:COLUMN LATITUDE LONGITUDE HEADING".
    init?(text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, let seen = Int(parts[1]), let cell = CityCell(text: parts[2]),
            let coordinate = Coordinate(text: "\(parts[3]) \(parts[4])")
        else { return nil }
        (self.text, seenAtMilliseconds, self.cell, self.coordinate) = (text, seen, cell, coordinate)
    }
}

/// Where the driver of a ride is, for its rider.
public struct RidePosition: Sendable, Hashable {
    public let coordinate: Coordinate
    public let heading: Double?
    /// Milliseconds since 1970.
    public let atMilliseconds: Int

    /// - Parameter text: "AT LATITUDE LONGITUDE HEADING".
    init?(text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 4, let at = Int(parts[0]), let coordinate = Coordinate(text: "\(parts[1]) \(parts[2])") else {
            return nil
        }
        (atMilliseconds, self.coordinate, heading) = (at, coordinate, Double(parts[3]))
    }

    /// - Parameter known: "AT SEEN ROW:COLUMN LATITUDE LONGITUDE HEADING", as the last position of a driver lies in Redis.
    init?(known: String) {
        let parts = known.split(separator: " ")
        guard parts.count == 6 else { return nil }
        self.init(text: "\(parts[0]) \(parts[3]) \(parts[4]) \(parts[5])")
    }
}
