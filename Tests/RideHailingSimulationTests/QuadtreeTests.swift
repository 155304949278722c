import RideHailing
import TestSupport
import Testing

@testable import RideHailingSimulation

@Suite("A quadtree over the globe")
struct QuadtreeTests {
    /// More often at the poles, the antimeridian, and in one city than elsewhere.
    private func place(_ random: inout SeededGenerator) throws -> Coordinate {
        func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
        return switch Int.random(in: 0..<5, using: &random) {
        case 0: try Coordinate(latitude: random.pick([-1, 1]) * number(89...90), longitude: number(-180...180))
        case 1: try Coordinate(latitude: number(-60...60), longitude: random.pick([-1, 1]) * number(179.9...180))
        case 2, 3: try Coordinate(latitude: number(40.7...40.8), longitude: number(-74.0 ... -73.9))
        default: try Coordinate(latitude: number(-90...90), longitude: number(-180...180))
        }
    }

    @Test("finds whom a look at everybody finds, while they move")
    func bruteForce() throws {
        var random = SeededGenerator()
        var tree = Quadtree()
        var places: [Coordinate] = []
        for driver in 0..<2_000 {
            places.append(try place(&random))
            tree.update(driver, places[driver])
        }
        for _ in 0..<400 {
            for _ in 0..<20 {
                let driver = places.indices.randomElement(using: &random) ?? 0
                places[driver] = try place(&random)
                tree.update(driver, places[driver])
            }
            let center = try place(&random)
            let radius = random.pick([100, 3_000, 50_000, 1_000_000, 30_000_000.0])
            let limit = Int.random(in: 1...50, using: &random)
            let expected = places.map { center.distanceMeters(to: $0) }.filter { $0 <= radius }.sorted().prefix(limit)
            let found = tree.nearest(to: center, radiusMeters: radius, limit: limit)
            #expect(found.map(\.meters) == Array(expected), "\(random), \(center), \(radius) m")
            #expect(found.allSatisfy { center.distanceMeters(to: places[$0.driver]) == $0.meters })
            #expect(Set(found.map(\.driver)).count == found.count)
        }
    }

    @Test("takes any number at one place")
    func samePlace() throws {
        var tree = Quadtree()
        let place = try Coordinate(latitude: 90, longitude: 180)
        for driver in 0..<1_000 { tree.update(driver, place) }
        #expect(tree.nearest(to: place, radiusMeters: 1, limit: 2_000).count == 1_000)
    }

    @Test("A box is as far as its nearest point", arguments: [(10.0, 0.0, 5.0, 5.0), (-90, -180, 1, 30), (60, 170, 20, 10)])
    func boxes(south: Double, west: Double, height: Double, width: Double) throws {
        var random = SeededGenerator()
        let box = GeographicBox(south: south, west: west, height: height, width: width)
        for _ in 0..<200 {
            let outside = try place(&random)
            let distance = box.distanceMeters(from: outside)
            var nearest = Double.infinity
            for step in 0...40 {
                for other in 0...40 {
                    let point = try Coordinate(
                        latitude: south + height * Double(step) / 40, longitude: min(180, west + width * Double(other) / 40))
                    nearest = min(nearest, outside.distanceMeters(to: point))
                }
            }
            #expect(distance <= nearest + 0.001, "\(random), \(outside)")
        }
    }
}
