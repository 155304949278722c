import TestSupport
import Testing

@testable import RideHailing

@Suite("Cells of the globe")
struct CityCellTests {
    @Test("A circle touches the cell of every place in it, everywhere")
    func touching() throws {
        var random = SeededGenerator()
        for _ in 0..<3_000 {
            let center = Globe.place(using: &random)
            let radius = Double.random(in: 1...50_000, using: &random)
            let cells = Set(CityCell.touching(center, radiusMeters: radius))
            #expect(cells.contains(CityCell(containing: center)), "\(random)")
            for _ in 0..<10 {
                let place = Globe.place(near: center, within: radius * 1.1, using: &random)
                guard center.distanceMeters(to: place) <= radius else { continue }
                #expect(cells.contains(CityCell(containing: place)), "\(random): \(center) \(radius) \(place)")
            }
        }
    }

    @Test("Cells are about 11 km, and a search has a bounded number of them")
    func size() throws {
        var random = SeededGenerator()
        for _ in 0..<1_000 {
            let center = Globe.place(using: &random)
            #expect(CityCell.touching(center, radiusMeters: 50_000).count <= 300, "\(random): \(center)")
            #expect(CityCell.touching(center, radiusMeters: 250).count <= 9, "\(random): \(center)")
        }
        #expect(CityCell.touching(Coordinate(uncheckedLatitude: 40.75, longitude: -73.95), radiusMeters: 250).count == 1)
    }

    @Test("The text of a cell is read back; in its set distances are what they are")
    func sets() throws {
        var random = SeededGenerator()
        for _ in 0..<3_000 {
            let place = Globe.place(using: &random)
            let cell = CityCell(containing: place)
            #expect(CityCell(text: cell.text) == cell)
            let other = Globe.place(near: place, within: 50_000, using: &random)
            let (first, second) = (cell.placeInSet(place), cell.placeInSet(other))
            #expect(abs(first.latitude) < 85.05 && abs(second.latitude) < 85.05, "\(random): \(place)")
            let difference = first.distanceMeters(to: second) - place.distanceMeters(to: other)
            #expect(abs(difference) < 0.01, "\(random): \(place) \(other)")
        }
        for text in ["", "1", "a:b", "1:2:3"] { #expect(CityCell(text: text) == nil) }
    }

    @Test("One meridian has two names")
    func antimeridian() throws {
        let (east, west) = (try Coordinate(latitude: 10, longitude: 180), try Coordinate(latitude: 10, longitude: -180))
        #expect(CityCell(containing: east) == CityCell(containing: west))
        #expect(east.distanceMeters(to: west) < 0.001)
    }

    @Test(
        "No coordinate out of range, and none that is no number",
        arguments: [Double.nan, .infinity, -.infinity, 180.0001, 1e300, -181])
    func hostile(value: Double) {
        #expect(throws: RideHailingError.self) { try Coordinate(latitude: 0, longitude: value) }
        #expect(throws: RideHailingError.self) { try Coordinate(latitude: value, longitude: 0) }
        #expect(throws: RideHailingError.self) { try DriverPosition(driver: "d", coordinate: Fleet.center, heading: value * 3) }
    }
}
