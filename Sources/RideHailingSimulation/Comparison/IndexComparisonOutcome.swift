public import RedisMeasuring
import Terminal

/// What one index did with one spread of drivers.
public struct IndexMeasurement: Sendable, Encodable {
    public let spread: String
    public let index: PositionIndexKind
    public let updatesPerSecond: Double
    public let queryMs: Percentiles
    public let memoryBytes: Int
}

/// What the indexes did with the same drivers, moves and searches.
public struct IndexComparisonOutcome: Sendable, Encodable {
    public let drivers: Int
    public let updates: Int
    public let queries: Int
    public let radiusMeters: Double
    public let limit: Int
    public let results: [IndexMeasurement]
    /// So many answers were others than the tree's.
    public let differingAnswers: Int

    /// Lines of plain text, the last ended too.
    public var table: String {
        let heads = ["", "updates/s", "query p50", "p99", "memory", "a driver"]
        var lines = [
            "\(NumberFormat.count(drivers, "driver")), \(NumberFormat.count(updates, "move")), \(NumberFormat.count(queries)) searches "
                + "for the nearest \(limit) within \(NumberFormat.decimal(radiusMeters)) m", "",
        ]
        lines += TextTable.aligned(
            [heads]
                + results.map { result in
                    [
                        "\(result.spread) \(result.index.rawValue)", NumberFormat.count(Int(result.updatesPerSecond)),
                        NumberFormat.decimal(result.queryMs.p50) + " ms", NumberFormat.decimal(result.queryMs.p99) + " ms",
                        NumberFormat.bytes(max(0, result.memoryBytes)), "\(max(0, result.memoryBytes) / max(1, drivers)) B",
                    ]
                })
        lines += [
            "",
            "service: a GEO set for each cell, drivers' positions and states beside; geo-set: all in one, and nothing beside;",
            "quadtree: in this process, by numbers instead of names; what it holds ends with the process, and no other sees it",
        ]
        lines.append(
            differingAnswers == 0
                ? "All answers are the same." : "Warning: \(NumberFormat.count(differingAnswers, "answer")) differed.")
        return lines.joined(separator: "\n") + "\n"
    }
}
