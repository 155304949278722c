import Foundation
import TestSupport

@testable import RideHailing

/// Places to test with: of every kind, and often where it is hard.
enum Globe {
    static func place(using random: inout SeededGenerator) -> Coordinate {
        let latitude: Double
        switch Int.random(in: 0..<6, using: &random) {
        case 0: latitude = (Bool.random(using: &random) ? 1 : -1) * (90 - pow(10, Double.random(in: -6...0.5, using: &random)))
        case 1: latitude = (Bool.random(using: &random) ? 1 : -1) * Double.random(in: 83.5...85.5, using: &random)
        case 2: latitude = Double(Int.random(in: -900...900, using: &random)) / 10
        case 3: latitude = Double.random(in: -0.3...0.3, using: &random)
        case 4: latitude = random.pick([90, -90, 84, -84, 0])
        default: latitude = Double.random(in: -90...90, using: &random)
        }
        let longitude: Double
        switch Int.random(in: 0..<4, using: &random) {
        case 0: longitude = (Bool.random(using: &random) ? 1 : -1) * Double.random(in: 179.5...180, using: &random)
        case 1: longitude = Double.random(in: -0.3...0.3, using: &random)
        case 2: longitude = random.pick([180, -180, 0])
        default: longitude = Double.random(in: -180...180, using: &random)
        }
        return Coordinate(uncheckedLatitude: latitude, longitude: longitude)
    }

    /// A place at most so many meters away: along a great circle in a random direction.
    static func place(near center: Coordinate, within meters: Double, using random: inout SeededGenerator) -> Coordinate {
        let angle = Double.random(in: 0...1, using: &random) * meters / Coordinate.earthRadiusMeters
        let direction = Double.random(in: 0..<(2 * .pi), using: &random)
        let latitude = center.latitude * .pi / 180
        let to = asin(max(-1, min(1, sin(latitude) * cos(angle) + cos(latitude) * sin(angle) * cos(direction))))
        let turn = atan2(sin(direction) * sin(angle) * cos(latitude), cos(angle) - sin(latitude) * sin(to))
        let longitude = (center.longitude + turn * 180 / .pi + 540).truncatingRemainder(dividingBy: 360) - 180
        return Coordinate(uncheckedLatitude: to * 180 / .pi, longitude: longitude)
    }
}
