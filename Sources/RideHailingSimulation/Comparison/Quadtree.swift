import Foundation
import RideHailing

/// Drivers by where they are, in this process: each square that holds too many is divided into four. What an index of one's own would
/// be instead of Redis'.
struct Quadtree {
    private struct Node {
        let box: GeographicBox
        /// The first of four that stand one after the other; 0: it is a leaf.
        var children: Int32 = 0
        var drivers: [Int32] = []
    }
    private var nodes = [Node(box: .globe)]
    /// By driver: where he is, and in which leaf; below 0: nowhere.
    private var places: [Coordinate] = []
    private var leaves: [Int32] = []

    /// So many drivers a square holds, unless it is so small that it is not divided any more.
    private static let capacity = 32
    private static let smallestDegrees = 1e-5

    /// Bytes that the arrays of the tree take.
    var memoryBytes: Int {
        let lists = nodes.reduce(0) { $0 + $1.drivers.capacity * MemoryLayout<Int32>.stride + ($1.drivers.capacity > 0 ? 32 : 0) }
        return nodes.capacity * MemoryLayout<Node>.stride + lists + places.capacity * MemoryLayout<Coordinate>.stride
            + leaves.capacity * MemoryLayout<Int32>.stride
    }

    /// - Parameter driver: a small number from 0.
    mutating func update(_ driver: Int, _ place: Coordinate) {
        while places.count <= driver {
            places.append(place)
            leaves.append(-1)
        }
        let leaf = leaves[driver]
        places[driver] = place
        if leaf >= 0 {
            if nodes[Int(leaf)].children == 0, nodes[Int(leaf)].box.contains(place) { return }
            nodes[Int(leaf)].drivers.removeAll { $0 == driver }
        }
        insert(Int32(driver), place)
    }

    private mutating func insert(_ driver: Int32, _ place: Coordinate) {
        var index = 0
        while nodes[index].children > 0 { index = Int(nodes[index].children) + nodes[index].box.quarter(of: place) }
        nodes[index].drivers.append(driver)
        leaves[Int(driver)] = Int32(index)
        if nodes[index].drivers.count > Self.capacity, nodes[index].box.height > Self.smallestDegrees { divide(index) }
    }

    private mutating func divide(_ index: Int) {
        let drivers = nodes[index].drivers
        nodes[index].drivers = []
        nodes[index].children = Int32(nodes.count)
        let quarters = nodes[index].box.quarters.map { Node(box: $0) }
        nodes += quarters
        for driver in drivers { insert(driver, places[Int(driver)]) }
    }

    /// The nearest drivers within a circle, nearest first.
    func nearest(to center: Coordinate, radiusMeters: Double, limit: Int) -> [(driver: Int, meters: Double)] {
        var found: [(driver: Int, meters: Double)] = []
        // Squares that may hold some, the nearest last.
        var squares: [(node: Int, meters: Double)] = [(0, 0)]
        while let square = squares.popLast() {
            let bound = found.count == limit ? found[limit - 1].meters : radiusMeters
            if square.meters > bound { break }
            let node = nodes[square.node]
            if node.children > 0 {
                for child in Int(node.children)..<Int(node.children) + 4 {
                    let meters = nodes[child].box.distanceMeters(from: center)
                    if meters <= bound { squares.insert((child, meters), at: squares.partition { $0.meters > meters }) }
                }
            } else {
                for driver in node.drivers {
                    let meters = center.distanceMeters(to: places[Int(driver)])
                    guard meters <= radiusMeters, found.count < limit || meters < found[limit - 1].meters else { continue }
                    found.insert((Int(driver), meters), at: found.partition { $0.meters <= meters })
                    if found.count > limit { found.removeLast() }
                }
            }
        }
        return found
    }
}

extension Array {
    /// How many elements at the beginning are of this kind, where all of them stand there.
    fileprivate func partition(_ isBefore: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
