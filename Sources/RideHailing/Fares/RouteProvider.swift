import Foundation

/// The way from one place to another.
public struct Route: Sendable, Hashable {
    public let distanceMeters: Double
    public let durationSeconds: Double

    public init(distanceMeters: Double, durationSeconds: Double) {
        (self.distanceMeters, self.durationSeconds) = (distanceMeters, durationSeconds)
    }
}

/// Knows how far and how long it is.
public protocol RouteProvider: Sendable {
    /// - Throws: whatever keeps it from knowing; the caller is told that there is no route.
    func route(from: Coordinate, to: Coordinate) async throws -> Route
}

/// Estimates from the great circle: roads are longer by a factor, and the longer a trip, the faster its roads.
public struct GreatCircleRoutes: RouteProvider {
    /// Roads of a city, against the great circle.
    public var roadFactor = 1.3
    /// Until it goes, and for the last steps.
    public var startSeconds = 42.0
    /// For the first kilometer; `n` kilometers take `n` to the power of ``growth`` times as long.
    public var secondsPerKilometer = 281.0
    public var growth = 0.7

    public init() {}

    public func route(from: Coordinate, to: Coordinate) -> Route {
        let distance = from.distanceMeters(to: to) * roadFactor
        return Route(distanceMeters: distance, durationSeconds: duration(ofMeters: distance))
    }

    /// How long so many meters of road take, in seconds.
    public func duration(ofMeters meters: Double) -> Double {
        startSeconds + secondsPerKilometer * pow(max(0, meters) / 1000, growth)
    }
}
