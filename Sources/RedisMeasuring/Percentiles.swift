/// How long something took, in milliseconds.
public struct Percentiles: Sendable, Hashable, Encodable {
    public let p50: Double
    public let p99: Double
    public let max: Double

    /// The smallest that so many are not above (nearest rank); 0 of nothing.
    package init(_ durations: [Duration]) {
        let sorted = durations.sorted()
        func milliseconds(at share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let rank = Int((share * Double(sorted.count)).rounded(.up))
            return (sorted[Swift.max(1, rank) - 1] / .milliseconds(1)).rounded(places: 3)
        }
        (p50, p99, max) = (milliseconds(at: 0.5), milliseconds(at: 0.99), milliseconds(at: 1))
    }
}

extension Double {
    /// What is behind the last place was not measured.
    package func rounded(places: Int) -> Double {
        let factor = (0..<places).reduce(1.0) { factor, _ in factor * 10 }
        return (self * factor).rounded() / factor
    }
}

extension [Double] {
    /// By how much their mean may be wrong, of the mean: two standard errors. 0 when that cannot be told.
    package var uncertaintyOfMean: Double {
        let mean = reduce(0, +) / Double(Swift.max(1, count))
        guard count > 1, mean > 0 else { return 0 }
        let variance = reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        return 2 * (variance / Double(count)).squareRoot() / mean
    }
}
