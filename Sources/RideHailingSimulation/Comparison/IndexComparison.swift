import RedisMeasuring
import RideHailing

/// Compares what finds the nearest drivers: Redis' GEO sets, and a tree in this process, with the same drivers, moves and searches.
public struct IndexComparison: Sendable {
    public var drivers = 100_000
    public var updates = 200_000
    public var queries = 2_000
    public var radiusMeters = 3_000.0
    public var limit = 10
    public var seed: UInt64 = 1

    public init() {}

    /// So many moves are recorded at once.
    private static let movesAtOnce = 16_384
    /// A city of 33 by 33 km.
    private static let extent = 0.3
    private static let center = (try? Coordinate(latitude: 40.75, longitude: -73.97))
    /// In four seconds, at 30 km/h.
    private static let stepMeters = 33.0

    /// How many operations there are.
    public var operations: Int { (drivers + updates + queries) * PositionIndexKind.allCases.count * City.Spread.allCases.count }

    /// - Parameter progress: called with how many operations are done.
    public func run(progress: (Int) -> Void = { _ in }) async throws -> IndexComparisonOutcome {
        var results: [IndexMeasurement] = []
        var differing = 0
        var done = 0
        for spread in City.Spread.allCases {
            // The tree first: its answers, exact ones, are what the others' are compared with.
            var answers: [[Double]] = []
            for kind in PositionIndexKind.allCases.reversed() {
                let (measurement, own) = try await withIndex(kind) { index in
                    try await measure(index, kind, spread) { count in
                        done += count
                        progress(done)
                    }
                }
                if answers.isEmpty { answers = own }
                differing += zip(answers, own).count { !Self.areSame($0, $1) }
                results.append(measurement)
            }
        }
        return IndexComparisonOutcome(
            drivers: drivers, updates: updates, queries: queries, radiusMeters: radiusMeters, limit: limit, results: results,
            differingAnswers: differing)
    }

    private func withIndex<Value>(_ kind: PositionIndexKind, _ body: (any PositionIndex) async throws -> Value) async throws
        -> Value
    {
        if kind == .quadtree { return try await body(QuadtreeIndex()) }
        let server = try await ComparisonRedis.temporary().open()
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await body(kind == .geoSet ? GeoSetIndex(server.client) : ServiceIndex(server.client)))
        } catch {
            result = .failure(error)
        }
        await server.close()
        return try result.get()
    }

    /// - Returns: also how far the drivers of each answer are, in meters.
    private func measure(
        _ index: any PositionIndex, _ kind: PositionIndexKind, _ spread: City.Spread, done: (Int) -> Void
    ) async throws -> (IndexMeasurement, [[Double]]) {
        guard let center = Self.center else { throw CancellationError() }
        let city = City(center: center, extent: Self.extent, spread: spread)
        var random = SeededRandom(seed: seed)
        var places = (0..<drivers).map { _ in city.place(&random) }
        let atOnce = min(Self.movesAtOnce, drivers)

        for start in stride(from: 0, to: drivers, by: atOnce) {
            let part = start..<min(start + atOnce, drivers)
            try await index.record(part.map { Move(driver: $0, place: places[$0]) })
            done(part.count)
        }
        let memoryBytes = try await index.memoryBytes()

        var recording = Duration.zero
        for start in stride(from: 0, to: updates, by: atOnce) {
            let moves = (start..<min(start + atOnce, updates)).map { number -> Move in
                let driver = number % drivers
                places[driver] = city.step(from: places[driver], meters: Self.stepMeters, &random)
                return Move(driver: driver, place: places[driver])
            }
            try Task.checkCancellation()
            let begin = ContinuousClock.now
            try await index.record(moves)
            recording += .now - begin
            done(moves.count)
        }

        var searching: [Duration] = []
        var answers: [[Double]] = []
        for _ in 0..<queries {
            let place = city.place(&random)
            try Task.checkCancellation()
            let begin = ContinuousClock.now
            let found = try await index.nearest(to: place, radiusMeters: radiusMeters, limit: limit)
            searching.append(.now - begin)
            answers.append(found.map { place.distanceMeters(to: places[$0]) })
            done(1)
        }
        let measurement = IndexMeasurement(
            spread: spread.rawValue, index: kind, updatesPerSecond: (Double(updates) / (recording / .seconds(1))).rounded(),
            queryMs: Percentiles(searching), memoryBytes: memoryBytes)
        return (measurement, answers)
    }

    /// Two answers to one question. Places in a GEO set are rounded by less than a meter; at the edge of a circle that decides.
    static func areSame(_ one: [Double], _ other: [Double], tolerance: Double = 2) -> Bool {
        abs(one.count - other.count) <= 1 && zip(one, other).allSatisfy { abs($0 - $1) <= tolerance }
    }
}
