/// A change of a ride, as it is told to all instances. A hint: what is published while Redis is away, or while a listener is slow, is
/// not told; whoever connects reads what there is.
public struct RideEvent: Sendable, Hashable {
    public let ride: String
    public let version: Int
    public let status: RideStatus
    public let rider: String
    public let driver: String?
    /// Drivers who may accept it from now on.
    public let offered: [String]
    /// Drivers who may not accept it any more.
    public let withdrawn: [String]

    /// - Parameter text: "RIDE VERSION STATUS RIDER DRIVER OFFERED WITHDRAWN"; nil: something else was published.
    init?(text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 7, Identifier.isValid(String(parts[0])), let version = Int(parts[1]),
            let status = RideStatus(rawValue: String(parts[2])), let rider = UserName.decode(parts[3])
        else { return nil }
        (ride, self.version, self.status, self.rider) = (String(parts[0]), version, status, rider)
        driver = UserName.decode(parts[4])
        offered = parts[5].split(separator: ",").compactMap { UserName.decode($0) }
        withdrawn = parts[6].split(separator: ",").compactMap { UserName.decode($0) }
    }
}
