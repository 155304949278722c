/// Where drivers and riders are: half of them in a centre of 9 by 7 km, the others within 60 km. The same number is always in the same
/// place.
///
/// Degrees are counted in millionths, which are written and compared without rounding.
enum City {
    struct Place: Sendable, Equatable {
        let latitude: Int
        let longitude: Int

        var latitudeText: String { Self.text(latitude) }
        var longitudeText: String { Self.text(longitude) }
        var json: String { #"{"lat":\#(latitudeText),"lon":\#(longitudeText)}"# }

        private static func text(_ millionths: Int) -> String {
            let fraction = String(millionths % 1_000_000)
            return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        }
    }

    private static let middle = Place(latitude: 52_520_000, longitude: 13_405_000)
    private static let centre = (height: 63_000, width: 132_000)
    private static let whole = (height: 540_000, width: 900_000)

    static func driver(_ number: Int) -> String { "driver\(number)" }

    /// - Parameter step: how often the driver has said where he is: he goes some ten meters each time, there and back.
    static func place(ofDriver number: Int, step: Int = 0) -> Place {
        let bits = mixed(UInt64(number))
        let start = place(in: bits & 1 == 0 ? centre : whole, mixed(bits))
        let way = step % 20 < 10 ? step % 20 : 20 - step % 20
        return Place(latitude: start.latitude + 90 * way, longitude: start.longitude + 90 * way)
    }

    /// Somewhere in the centre.
    static func placeOfRider(_ number: Int) -> Place { place(in: centre, mixed(UInt64(number) | 1 << 40)) }

    private static func place(in area: (height: Int, width: Int), _ bits: UInt64) -> Place {
        Place(
            latitude: middle.latitude - area.height / 2 + (Int(bits & 0xFFFF_FFFF) * area.height) >> 32,
            longitude: middle.longitude - area.width / 2 + (Int(bits >> 32) * area.width) >> 32)
    }

    /// SplitMix64: numbers that look random, each its own.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var bits = number &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
