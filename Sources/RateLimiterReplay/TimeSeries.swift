/// Counts over time in a bounded number of buckets, though nobody knows in advance how long it goes on.
///
/// Buckets begin one second wide. When a time lies beyond the last one allowed, neighbours are merged into the next width that
/// people read clocks by. Buckets begin at multiples of their width since 1970.
struct TimeSeries {
    /// Microseconds.
    private(set) var bucketWidth: Int64 = 1_000_000
    /// For each column its buckets; all of one length.
    private(set) var columns: [[Int]]
    /// Number of the first bucket, counted from 1970; nil while it is empty.
    private var firstBucket: Int64?
    private let capacity: Int

    /// Each is a multiple of the one before, in seconds.
    private static let widths: [Int64] = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400]

    /// - Parameter capacity: the most buckets there can be, above 1.
    init(columns: Int, capacity: Int = 600) {
        self.columns = Array(repeating: [], count: columns)
        self.capacity = capacity
    }

    /// Start of the first bucket in microseconds since 1970; nil while it is empty.
    var start: Int64? { firstBucket.map { $0 * bucketWidth } }

    /// Times must not be negative, nor below the first.
    ///
    /// - Complexity: amortised O(columns).
    mutating func add(at time: Int64, column: Int) {
        while let firstBucket, time / bucketWidth - firstBucket >= capacity { widen() }
        let first = firstBucket ?? time / bucketWidth
        firstBucket = first
        let bucket = Int(time / bucketWidth - first)
        if bucket >= columns[column].count {
            for index in columns.indices {
                columns[index].append(contentsOf: repeatElement(0, count: bucket + 1 - columns[index].count))
            }
        }
        columns[column][bucket] += 1
    }

    /// Widens buckets as long as most are empty in the first column and enough stay for a curve: a comb shows less than that.
    mutating func smooth(keeping fewest: Int) {
        while let count = columns.first?.count, Int64(count) / factor >= fewest,
            columns[0].count(where: { $0 == 0 }) * 2 > count
        {
            widen()
        }
    }

    private var factor: Int64 {
        (Self.widths.first { $0 * 1_000_000 > bucketWidth }.map { $0 * 1_000_000 } ?? bucketWidth * 2) / bucketWidth
    }

    private mutating func widen() {
        guard let first = firstBucket else { return }
        let factor = factor
        for index in columns.indices {
            var merged: [Int] = []
            for (offset, count) in columns[index].enumerated() {
                let bucket = Int((first + Int64(offset)) / factor - first / factor)
                if bucket == merged.count { merged.append(0) }
                merged[bucket] += count
            }
            columns[index] = merged
        }
        firstBucket = first / factor
        bucketWidth *= factor
    }
}
