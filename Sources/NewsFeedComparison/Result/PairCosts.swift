/// What one push and one pull cost, by what whole runs of them cost.
struct PairCosts: Sendable, Hashable {
    /// Microseconds for one entry of one timeline.
    let push: Double
    /// Microseconds for one author's list in one read.
    let pull: Double

    var ratio: Double { push / pull }

    /// - Returns: nil when push and pull were not both measured, or what is between them is no more than noise.
    init?(_ outcomes: [StrategyOutcome]) {
        guard let pushed = outcomes.first(where: { $0.strategy == .push }),
            let pulled = outcomes.first(where: { $0.strategy == .pull })
        else { return nil }
        push = (pushed.cpuPerPost - pulled.cpuPerPost) / (pushed.writesPerPost - pulled.writesPerPost)
        pull = (pulled.cpuPerRead - pushed.cpuPerRead) / (pulled.commandsPerRead - pushed.commandsPerRead)
        guard push.isFinite, pull.isFinite, push > 0, pull > 0 else { return nil }
    }
}
