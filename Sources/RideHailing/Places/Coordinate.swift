import Foundation

/// A place on the globe, in degrees.
public struct Coordinate: Sendable, Hashable {
    /// -90 to 90, north is positive.
    public let latitude: Double
    /// -180 to 180, east is positive.
    public let longitude: Double

    /// - Throws: ``RideHailingError/invalidLatitude``, ``RideHailingError/invalidLongitude``: out of range, or not a number.
    public init(latitude: Double, longitude: Double) throws(RideHailingError) {
        guard (-90...90).contains(latitude) else { throw .invalidLatitude }
        guard (-180...180).contains(longitude) else { throw .invalidLongitude }
        self.init(uncheckedLatitude: latitude, longitude: longitude)
    }

    init(uncheckedLatitude latitude: Double, longitude: Double) {
        (self.latitude, self.longitude) = (latitude, longitude)
    }

    /// That of Redis' GEO commands, so that their distances and these are the same.
    public static let earthRadiusMeters = 6_372_797.560856

    /// Along the great circle.
    public func distanceMeters(to other: Coordinate) -> Double {
        let radians = Double.pi / 180
        let (first, second) = (latitude * radians, other.latitude * radians)
        let u = sin((second - first) / 2)
        let v = sin((other.longitude - longitude) * radians / 2)
        return 2 * Self.earthRadiusMeters * asin(min(1, (u * u + cos(first) * cos(second) * v * v).squareRoot()))
    }

    /// As it lies in Redis: reads back as the same numbers.
    var text: String { "\(latitude) \(longitude)" }

    init?(text: some StringProtocol) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let latitude = Double(parts[0]), let longitude = Double(parts[1]),
            let coordinate = try? Coordinate(latitude: latitude, longitude: longitude)
        else { return nil }
        self = coordinate
    }
}
