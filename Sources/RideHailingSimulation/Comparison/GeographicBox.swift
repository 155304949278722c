import Foundation
import RideHailing

/// A piece of the globe between two parallels and two meridians.
struct GeographicBox: Sendable {
    let south: Double
    let west: Double
    let height: Double
    let width: Double

    static let globe = GeographicBox(south: -90, west: -180, height: 180, width: 360)

    func contains(_ place: Coordinate) -> Bool {
        place.latitude >= south && place.latitude < south + height && place.longitude >= west && place.longitude < west + width
    }

    /// South before north, west before east.
    var quarters: [GeographicBox] {
        let (height, width) = (height / 2, width / 2)
        return [(0, 0), (0, 1), (1, 0), (1, 1)].map { row, column in
            GeographicBox(
                south: south + Double(row) * height, west: west + Double(column) * width, height: height, width: width)
        }
    }

    /// The number of the quarter that a place belongs to.
    func quarter(of place: Coordinate) -> Int {
        (place.latitude >= south + height / 2 ? 2 : 0) + (place.longitude >= west + width / 2 ? 1 : 0)
    }

    /// To its nearest point, along the great circle; 0 within it.
    func distanceMeters(from place: Coordinate) -> Double {
        let toWest = Self.turn(west - place.longitude), toEast = Self.turn(west + width - place.longitude)
        if width >= 360 || (place.longitude >= west && place.longitude <= west + width) {
            let latitude = min(max(place.latitude, south), south + height)
            return abs(latitude - place.latitude) * .pi / 180 * Coordinate.earthRadiusMeters
        }
        return min(distanceMeters(from: place, turned: toWest), distanceMeters(from: place, turned: toEast))
    }

    /// To a meridian's piece between the parallels.
    private func distanceMeters(from place: Coordinate, turned degrees: Double) -> Double {
        let (latitude, turn) = (place.latitude * .pi / 180, degrees * .pi / 180)
        // Where the meridian comes nearest; beyond a pole it is the other half of its circle.
        let foot = atan2(sin(latitude), cos(latitude) * cos(turn)) * 180 / .pi
        let nearest = [min(max(foot, south), south + height), south, south + height]
        return nearest.map { point in
            let point = point * .pi / 180
            let u = sin((point - latitude) / 2), v = sin(turn / 2)
            return 2 * Coordinate.earthRadiusMeters * asin(min(1, (u * u + cos(latitude) * cos(point) * v * v).squareRoot()))
        }.min() ?? 0
    }

    /// Between -180 and 180.
    private static func turn(_ degrees: Double) -> Double {
        let rest = (degrees + 180).truncatingRemainder(dividingBy: 360)
        return (rest < 0 ? rest + 360 : rest) - 180
    }
}
