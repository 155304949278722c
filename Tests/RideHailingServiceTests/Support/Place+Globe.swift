import Foundation
import Synchronization
import TestSupport

extension Place {
    /// Where Redis' GEO commands take the earth's surface to be.
    private static let earthRadiusMeters = 6_372_797.560856
    private static let taken = Atomic(0)

    /// A place so far from all others that were given out that what happens there concerns nobody else.
    static func own() -> Place {
        let number = taken.add(1, ordering: .relaxed).newValue
        return Place(lat: Double(number / 170 * 2 % 120 - 60) + 0.25, lon: Double(number % 170 * 2 - 170) + 0.25)
    }

    /// So many meters north of here, which is not far from any pole.
    func north(_ meters: Double) -> Place {
        Place(lat: lat + meters / Self.earthRadiusMeters * 180 / .pi, lon: lon)
    }

    /// Along the great circle in some direction, wherever that leads.
    func moved(meters: Double, bearing: Double) -> Place {
        let angle = meters / Self.earthRadiusMeters
        let (latitude, longitude) = (lat * .pi / 180, lon * .pi / 180)
        let north = asin(max(-1, min(1, sin(latitude) * cos(angle) + cos(latitude) * sin(angle) * cos(bearing))))
        let east = atan2(sin(bearing) * sin(angle) * cos(latitude), cos(angle) - sin(latitude) * sin(north))
        var degrees = (longitude + east) * 180 / .pi
        if degrees > 180 { degrees -= 360 }
        if degrees < -180 { degrees += 360 }
        return Place(lat: north * 180 / .pi, lon: degrees)
    }

    /// Along the great circle, by the chord between both.
    func distanceMeters(to other: Place) -> Double {
        func vector(_ place: Place) -> SIMD3<Double> {
            let (latitude, longitude) = (place.lat * .pi / 180, place.lon * .pi / 180)
            return SIMD3(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
        }
        let difference = vector(self) - vector(other)
        let chord = (difference * difference).sum().squareRoot()
        return 2 * Self.earthRadiusMeters * asin(min(1, chord / 2))
    }

    var json: String { #"{"lat":\#(lat),"lon":\#(lon)}"# }
}
