import Redis

/// Where a ride has come to.
public enum RideStatus: String, Sendable, CaseIterable {
    /// It waits for drivers to be offered to.
    case requested
    /// Some drivers have been offered it.
    case offered
    /// It has a driver.
    case accepted
    case started
    case completed
    case cancelled
    /// It was given up: ``Ride/reason`` says why.
    case unmatched

    /// Nothing more happens to it.
    public var isFinal: Bool { self == .completed || self == .cancelled || self == .unmatched }
}

/// One change of a ride's status.
public struct RideChange: Sendable, Hashable {
    public let status: RideStatus
    public let version: Int
    /// Who did it; nil: the service.
    public let by: String?
    /// Milliseconds since 1970.
    public let atMilliseconds: Int
}

/// A ride as it was at one moment.
public struct Ride: Sendable, Hashable, Identifiable {
    public let id: String
    public let status: RideStatus
    /// Raised by each change of the status. Whoever changes a ride says which version he saw.
    public let version: Int
    public let rider: String
    public let driver: String?
    public let reason: String?
    public let from: Coordinate
    public let to: Coordinate
    public let distanceMeters: Int
    public let durationSeconds: Int
    public let amountCents: Int
    public let currency: String
    /// Milliseconds since 1970.
    public let createdAtMilliseconds: Int
    /// Until when the offers of the last round are open: milliseconds since 1970; nil before the first.
    public let offerEndsAtMilliseconds: Int?
    /// From the request on. Empty where it was not read.
    public let history: [RideChange]
}

extension Ride {
    /// - Parameters:
    ///   - fields: as they lie in Redis.
    ///   - history: lines of "VERSION STATUS AT BY".
    init?(fields: [String: String], history: [String]) {
        func number(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }
        guard let id = fields["id"], let status = fields["status"].flatMap(RideStatus.init(rawValue:)),
            let version = number("version"), let rider = fields["rider"].flatMap({ UserName.decode($0) }),
            let from = fields["from"].flatMap({ Coordinate(text: $0) }), let to = fields["to"].flatMap({ Coordinate(text: $0) }),
            let distance = number("distance"), let duration = number("duration"), let amount = number("amount"),
            let currency = fields["currency"], let createdAt = number("createdAt")
        else { return nil }
        (self.id, self.status, self.version, self.rider) = (id, status, version, rider)
        (self.from, self.to, distanceMeters, durationSeconds) = (from, to, distance, duration)
        (amountCents, self.currency, createdAtMilliseconds) = (amount, currency, createdAt)
        driver = fields["driver"].flatMap { UserName.decode($0) }
        reason = fields["reason"]
        offerEndsAtMilliseconds = number("offerEnds")
        self.history = history.compactMap { RideChange(line: $0) }
    }
}

extension RideChange {
    init?(line: String) {
        let parts = line.split(separator: " ")
        guard parts.count == 4, let version = Int(parts[0]), let status = RideStatus(rawValue: String(parts[1])),
            let at = Int(parts[2])
        else { return nil }
        self.init(status: status, version: version, by: UserName.decode(parts[3]), atMilliseconds: at)
    }
}
