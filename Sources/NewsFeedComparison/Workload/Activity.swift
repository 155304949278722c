import Foundation

/// How much each user does, as a share of what all do together.
struct Activity: Sendable {
    /// One for each user; 1 in all.
    let shares: [Double]
    private let cumulative: [Double]

    /// Draws a Pareto distribution: the smaller its exponent, the more the busiest do.
    /// - Parameters:
    ///   - exponent: above 1.
    ///   - isActive: whether a user does anything at all; at least one must.
    init(userCount: Int, exponent: Double, isActive: (Int) -> Bool = { _ in true }, random: inout ReproducibleRandom) {
        let weights = (0..<userCount).map { user in
            let weight = min(Self.most, pow(random.unit(), -1 / exponent))
            return isActive(user) ? weight : 0
        }
        let sum = weights.reduce(0, +)
        shares = weights.map { $0 / sum }
        cumulative = shares.reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
    }

    /// So many times as much as the laziest the busiest do, so that no run is that of one user.
    private static let most = 1000.0

    /// A user, drawn by the shares.
    func draw(_ random: inout ReproducibleRandom) -> Int32 {
        let place = random.unit() * (cumulative.last ?? 1)
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] < place { low = middle + 1 } else { high = middle }
        }
        return Int32(low)
    }

    /// What the busiest hundredth of all users does of the whole.
    var shareOfBusiestHundredth: Double {
        shares.sorted(by: >).prefix(max(1, shares.count / 100)).reduce(0, +)
    }
}
