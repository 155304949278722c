import RideHailing

/// A driver, by number, is somewhere else now.
struct Move: Sendable {
    let driver: Int
    let place: Coordinate
}

/// Something that finds the nearest drivers.
protocol PositionIndex: AnyObject {
    /// Returns when all are recorded. No driver is there twice.
    func record(_ moves: [Move]) async throws
    /// - Returns: the numbers of drivers, nearest first.
    func nearest(to center: Coordinate, radiusMeters: Double, limit: Int) async throws -> [Int]
    /// What it takes for all drivers.
    func memoryBytes() async throws -> Int
}

/// The kinds of index that are compared.
public enum PositionIndexKind: String, Sendable, CaseIterable, Encodable {
    /// As the service keeps drivers: a GEO set for each cell, their positions and states beside.
    case service
    /// All in one GEO set, and nothing beside: what Redis itself can do.
    case geoSet = "geo-set"
    /// In the memory of one process.
    case quadtree
}

/// All in one tree of this process.
final class QuadtreeIndex: PositionIndex {
    private var tree = Quadtree()

    func record(_ moves: [Move]) async {
        for move in moves { tree.update(move.driver, move.place) }
    }

    func nearest(to center: Coordinate, radiusMeters: Double, limit: Int) async -> [Int] {
        tree.nearest(to: center, radiusMeters: radiusMeters, limit: limit).map(\.driver)
    }

    func memoryBytes() async -> Int { tree.memoryBytes }
}
