/// The upper bounds of a histogram's buckets. A value equal to a bound belongs below it.
struct HistogramBuckets: Sendable {
    /// Ascending; above the last one, infinity is implied.
    let bounds: [Double]
    /// The bounds as values of `le`, with `+Inf` at the end.
    let renderedBounds: [String]

    private init(_ bounds: [Double]) {
        self.bounds = bounds
        renderedBounds = (bounds + [.infinity]).map(Exposition.number)
    }

    /// In seconds, from a Redis round trip to an HTTP request that somebody gave up on.
    static let seconds = HistogramBuckets([
        50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 5,
    ])

    /// For whatever is counted: elements of a batch, bytes of a message.
    static let amounts = HistogramBuckets([
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000,
    ])

    /// The name's unit decides, so that every series of a family has the same buckets, whoever made it first.
    static func suited(to family: String) -> HistogramBuckets {
        family.hasSuffix("_seconds") ? seconds : amounts
    }

    /// The bucket that a value falls into; the number of bounds if it is above them all. A linear search: the bounds fill two
    /// cache lines and most values lie near the beginning.
    func index(of value: Double) -> Int {
        var index = 0
        while index < bounds.count, value > bounds[index] {
            index += 1
        }
        return index
    }
}
