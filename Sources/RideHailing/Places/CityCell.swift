import Foundation

/// A piece of the globe, about 11 km on each side: what keeps a search small, and what a cluster is divided by.
///
/// Rows are a tenth of a degree of latitude; each is divided into as many columns as make its cells about square: 3,600 at the
/// equator, 3 beside the pole.
struct CityCell: Sendable, Hashable {
    let row: Int
    let column: Int

    private static let rowsPerDegree = 10.0
    private static let rows = -900...899

    private init(row: Int, column: Int) { (self.row, self.column) = (row, column) }

    init(containing place: Coordinate) {
        row = Self.row(of: place.latitude)
        let columns = Self.columns(inRow: row)
        column = Self.wrapped(Self.column(of: place.longitude, of: columns), columns)
    }

    init?(text: some StringProtocol) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let row = Int(parts[0]), let column = Int(parts[1]) else { return nil }
        self.init(row: row, column: column)
    }

    var text: String { "\(row):\(column)" }

    private static func row(of latitude: Double) -> Int {
        min(max(Int((latitude * rowsPerDegree).rounded(.down)), rows.lowerBound), rows.upperBound)
    }

    private static func middle(ofRow row: Int) -> Double { (Double(row) + 0.5) / rowsPerDegree }

    private static func columns(inRow row: Int) -> Int {
        max(1, Int((3600 * cos(middle(ofRow: row) * .pi / 180)).rounded()))
    }

    /// Beyond the antimeridian it goes on counting.
    private static func column(of longitude: Double, of columns: Int) -> Int {
        Int(((longitude + 180) / 360 * Double(columns)).rounded(.down))
    }

    private static func wrapped(_ column: Int, _ columns: Int) -> Int {
        let rest = column % columns
        return rest < 0 ? rest + columns : rest
    }

    /// All cells that may have a part in a circle, and perhaps some beside it.
    static func touching(_ center: Coordinate, radiusMeters: Double) -> [CityCell] {
        // A little more than it is: cells meet without a gap, but numbers are rounded.
        let margin = 1e-9
        let angle = radiusMeters / Coordinate.earthRadiusMeters + margin
        let latitudes = (center.latitude - angle * 180 / .pi, center.latitude + angle * 180 / .pi)
        let hasPole = latitudes.0 <= -90 || latitudes.1 >= 90
        // The farthest that the circle reaches east and west.
        let reach = asin(min(1, sin(angle) / max(cos(center.latitude * .pi / 180), margin))) * 180 / .pi + margin
        return (row(of: latitudes.0)...row(of: latitudes.1)).flatMap { row in
            let columns = columns(inRow: row)
            let first = column(of: center.longitude - reach, of: columns)
            let last = column(of: center.longitude + reach, of: columns)
            let isWhole = hasPole || last - first + 1 >= columns
            return (isWhole ? 0...(columns - 1) : first...last).map {
                CityCell(row: row, column: wrapped($0, columns))
            }
        }
    }

    /// Redis' GEO sets take latitudes to 85.05 degrees. Nearer to the poles the globe is turned: the pole lies on the equator there,
    /// and all distances are what they were.
    private var isTurned: Bool { abs(Self.middle(ofRow: row)) > 84 }

    /// A place in this cell or near it, as it lies in the cell's GEO set.
    func placeInSet(_ place: Coordinate) -> Coordinate {
        guard isTurned else { return place }
        let (latitude, longitude) = (place.latitude * .pi / 180, place.longitude * .pi / 180)
        let pole: Double = row < 0 ? -1 : 1
        let (x, y, z) = (cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
        return Coordinate(uncheckedLatitude: asin(-pole * x) * 180 / .pi, longitude: atan2(y, pole * z) * 180 / .pi)
    }
}
