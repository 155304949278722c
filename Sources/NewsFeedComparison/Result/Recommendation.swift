import RedisMeasuring
import Terminal

/// Which strategy a graph wants, and why.
///
/// The cheapest of those that keep within the bounds: what counts is the time of the thread that executes Redis' commands, for one
/// post and the reads that come with it, since that thread is what a feed runs out of first. What is within the margin is no
/// difference; then the simpler one is taken.
public struct Recommendation: Sendable, Hashable {
    /// What is slower is not recommended.
    public struct Bounds: Sendable, Hashable {
        /// Milliseconds for a page of a feed, p99.
        public var read = 10.0
        /// Milliseconds from the acceptance of a post until it can be seen, p99.
        public var visible = 1000.0

        public init() {}
    }

    public let strategy: ComparedStrategy
    public let reason: String
    public let bounds: Bounds
    /// Whether the strategy keeps within them; else none does.
    public let isWithinBounds: Bool
    /// See ``CostCurve/crossing``.
    public let crossingThreshold: Double?
    /// See ``CostCurve/breakEvenReadsPerPost``.
    public let breakEvenReadsPerPost: Double?

    /// What differs by less, of the cheaper, is not told apart: a twentieth, or as much as the measurements are uncertain.
    public let margin: Double

    /// - Parameter outcomes: at least one.
    init(_ outcomes: [StrategyOutcome], bounds: Bounds, readsPerPost: Double, mostFollowers: Int) {
        let offered = outcomes.filter { $0.strategy != .pairwise }
        let candidates = offered.isEmpty ? outcomes : offered
        let within = candidates.filter { $0.read.p99 <= bounds.read && $0.visible.p99 <= bounds.visible }
        margin = min(1, max(0.05, outcomes.map(\.uncertainty).max() ?? 0))
        let chosen = within.isEmpty ? Self.leastLate(candidates, bounds) : Self.cheapest(within, margin)
        let curve = CostCurve(outcomes, readsPerPost: readsPerPost, mostFollowers: mostFollowers)
        (strategy, self.bounds, isWithinBounds) = (chosen.strategy, bounds, !within.isEmpty)
        crossingThreshold = curve?.crossing?.rounded(places: 1)
        breakEvenReadsPerPost = curve?.breakEvenReadsPerPost?.rounded(places: 2)

        var sentences: [String] = []
        let reads = readsPerPost == 1 ? "the read that comes" : "the \(Self.number(readsPerPost)) reads that come"
        let name = chosen.strategy.description
        sentences.append(
            name.prefix(1).uppercased() + name.dropFirst()
                + " takes \(Self.number(chosen.cost)) µs of Redis' command thread for one post and \(reads) with it"
                + Self.comparison(of: chosen, with: offered) + ".")
        if within.isEmpty {
            sentences.append("Nothing keeps within the bounds; this comes nearest to them.")
        } else {
            let late = candidates.filter { !within.contains($0) && $0.cost < chosen.cost }.map(\.strategy.description)
            if !late.isEmpty { sentences.append("Cheaper, but beyond the bounds: \(late.joined(separator: ", ")).") }
            let equals = within.filter { $0.strategy != chosen.strategy && $0.cost < chosen.cost }.map(\.strategy.description)
            if !equals.isEmpty {
                sentences.append(
                    "Cheaper by less than \(Self.number(margin * 100)) %, which is no difference: \(equals.joined(separator: ", "))."
                )
            }
        }
        sentences.append(
            "A page takes \(Self.number(chosen.read.p99)) ms (p99, bound \(Self.number(bounds.read)) ms), a post is visible after "
                + "\(Self.number(chosen.visible.p99)) ms (p99, bound \(Self.number(bounds.visible)) ms).")
        if let breakEven = breakEvenReadsPerPost {
            sentences.append("Push is cheaper than pull from \(Self.number(breakEven)) reads for each post on.")
        }
        if chosen.strategy == .pairwise { sentences.append("No service offers it; nothing else was compared.") }
        reason = sentences.joined(separator: " ")
    }

    private static func cheapest(_ outcomes: [StrategyOutcome], _ margin: Double) -> StrategyOutcome {
        let least = outcomes.map(\.cost).min() ?? 0
        let equal = outcomes.filter { $0.cost <= least * (1 + margin) }
        func simplicity(_ outcome: StrategyOutcome) -> Int {
            ComparedStrategy.Kind.allCases.firstIndex(of: outcome.strategy.kind) ?? 0
        }
        return equal.min { (simplicity($0), $0.cost) < (simplicity($1), $1.cost) } ?? outcomes[0]
    }

    private static func leastLate(_ outcomes: [StrategyOutcome], _ bounds: Bounds) -> StrategyOutcome {
        func excess(_ outcome: StrategyOutcome) -> Double {
            max(outcome.read.p99 / bounds.read, outcome.visible.p99 / bounds.visible)
        }
        return outcomes.min { excess($0) < excess($1) } ?? outcomes[0]
    }

    /// `; push 12 % more, pull 90 % more`
    private static func comparison(of chosen: StrategyOutcome, with outcomes: [StrategyOutcome]) -> String {
        guard chosen.cost > 0 else { return "" }
        let others = outcomes.filter { $0.strategy != chosen.strategy && $0.strategy.kind != .hybrid }.map { other in
            let percent = Int(((other.cost / chosen.cost - 1) * 100).rounded())
            return "\(other.strategy) \(abs(percent)) % \(percent < 0 ? "less" : "more")"
        }
        return others.isEmpty ? "" : "; " + others.joined(separator: ", ")
    }

    private static func number(_ value: Double) -> String { NumberFormat.decimal(value) }
}

extension Recommendation: Encodable {
    private enum Key: String, CodingKey {
        case strategy, threshold, reason, isWithinBounds, margin, readBoundMs, visibleBoundMs, crossingThreshold,
            breakEvenReadsPerPost
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(strategy.kind.rawValue, forKey: .strategy)
        try container.encode(strategy.threshold, forKey: .threshold)
        try container.encode(reason, forKey: .reason)
        try container.encode(isWithinBounds, forKey: .isWithinBounds)
        try container.encode(margin, forKey: .margin)
        try container.encode(bounds.read, forKey: .readBoundMs)
        try container.encode(bounds.visible, forKey: .visibleBoundMs)
        try container.encode(crossingThreshold, forKey: .crossingThreshold)
        try container.encode(breakEvenReadsPerPost, forKey: .breakEvenReadsPerPost)
    }
}
