/// A driver who is available, and where.
public struct NearbyDriver: Sendable, Hashable {
    public let driver: String
    public let coordinate: Coordinate
    /// Along the great circle.
    public let distanceMeters: Double
    /// Milliseconds since 1970, by Redis' clock.
    public let seenAtMilliseconds: Int
}
