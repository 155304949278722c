import Foundation

/// What strategies cost over the threshold: with everybody above it that is pull, with nobody it is push.
struct CostCurve: Sendable, Hashable {
    struct Point: Sendable, Hashable {
        /// Authors with so many followers or more are pulled.
        let threshold: Double
        let outcome: StrategyOutcome
        /// What is spent on posts more than if all were pulled.
        let pushing: Double
        /// What is spent on the reads that come with a post more than if all were pushed.
        let pulling: Double
    }

    /// From pull to push.
    let points: [Point]

    /// - Returns: nil when one of the ends was not measured.
    init?(_ outcomes: [StrategyOutcome], readsPerPost: Double, mostFollowers: Int) {
        guard let pull = outcomes.first(where: { $0.strategy == .pull }),
            let push = outcomes.first(where: { $0.strategy == .push })
        else { return nil }
        points = outcomes.compactMap { outcome in
            let threshold: Double
            switch outcome.strategy {
            case .pull: threshold = 1
            case .push: threshold = Double(mostFollowers + 1)
            case .hybrid(let followers): threshold = Double(min(max(followers, 1), mostFollowers + 1))
            case .pairwise: return nil
            }
            return Point(
                threshold: threshold, outcome: outcome, pushing: outcome.cpuPerPost - pull.cpuPerPost,
                pulling: readsPerPost * (outcome.cpuPerRead - push.cpuPerRead))
        }.sorted { ($0.threshold, $0.pushing) < ($1.threshold, $1.pushing) }
    }

    /// The threshold at which what pushing adds to posts equals what pulling adds to reads, between the two that were measured
    /// next to it; nil when there is none.
    var crossing: Double? {
        for (left, right) in zip(points, points.dropFirst()) {
            let (before, after) = (left.pushing - left.pulling, right.pushing - right.pulling)
            guard before < 0, after >= 0 else { continue }
            let share = -before / (after - before)
            return exp(log(left.threshold) + share * (log(right.threshold) - log(left.threshold)))
        }
        return nil
    }

    /// From so many reads for each post on, push is cheaper than pull; nil when one of them is dearer in both.
    var breakEvenReadsPerPost: Double? {
        guard let pull = points.first(where: { $0.outcome.strategy == .pull })?.outcome,
            let push = points.first(where: { $0.outcome.strategy == .push })?.outcome
        else { return nil }
        let (posts, reads) = (push.cpuPerPost - pull.cpuPerPost, pull.cpuPerRead - push.cpuPerRead)
        return posts > 0 && reads > 0 ? posts / reads : nil
    }
}
