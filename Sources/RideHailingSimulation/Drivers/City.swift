import Foundation
import RideHailing

/// A city in which drivers and riders are: a square, the center of which may be dense.
struct City: Sendable {
    /// How people are spread over it.
    enum Spread: String, Sendable, CaseIterable {
        case uniform
        /// Half of them are in a center of 9 by 7 km.
        case dense
    }

    let center: Coordinate
    /// Degrees of latitude from its southern to its northern edge; as many meters from west to east.
    let extent: Double
    let spread: Spread

    /// Where half of all are in a dense one, in degrees of latitude.
    private static let denseExtent = (latitude: 0.08, longitude: 0.065)

    func place(_ random: inout SeededRandom) -> Coordinate {
        let isCentral = spread == .dense && random.share() < 0.5
        let height = isCentral ? Self.denseExtent.latitude : extent
        let width = isCentral ? Self.denseExtent.longitude : extent
        return place(north: (random.share() - 0.5) * height, east: (random.share() - 0.5) * width)
    }

    /// Some meters on from a place, in any direction; at the edge it turns back.
    func step(from place: Coordinate, meters: Double, _ random: inout SeededRandom) -> Coordinate {
        let angle = random.share() * 2 * .pi
        let degrees = meters / Self.metersPerDegree
        let north = place.latitude - center.latitude + degrees * sin(angle)
        let east = (place.longitude - center.longitude) * shrinking + degrees * cos(angle)
        return self.place(north: turned(north), east: turned(east))
    }

    static let metersPerDegree = 111_226.0

    private func turned(_ degrees: Double) -> Double {
        let edge = extent / 2
        return degrees > edge ? 2 * edge - degrees : degrees < -edge ? -2 * edge - degrees : degrees
    }

    /// A degree of longitude, measured in degrees of latitude.
    private var shrinking: Double { cos(center.latitude * .pi / 180) }

    private func place(north: Double, east: Double) -> Coordinate {
        let (latitude, longitude) = (center.latitude + north, center.longitude + east / shrinking)
        return (try? Coordinate(latitude: latitude, longitude: longitude)) ?? center
    }
}
