public import RedisMeasuring

/// What became of a simulation.
public struct SimulationOutcome: Sendable, Encodable {
    /// What must never be, and was looked for.
    public struct Invariants: Sendable, Encodable {
        /// Whether the log of all rides was read, rather than only seen what clients see.
        public let logWasRead: Bool
        public let changes: Int
        public let rides: Int
        public let violations: [String]
    }

    public let drivers: Int
    /// Simulated ones, and how many simulated seconds passed in one.
    public let minutes: Double
    public let speed: Double
    public let seconds: Double
    public let requested: Int
    public let matched: Int
    /// By reason.
    public let unmatched: [String: Int]
    public let cancelled: Int
    public let completed: Int
    /// Riders who did not get a ride requested, whatever they tried.
    public let givenUp: Int
    /// From the request until the rider was shown that he has a driver.
    public let timeToMatchMs: Percentiles
    /// From the driver's answer until the rider was shown it.
    public let acceptToRiderMs: Percentiles
    public let offers: Int
    /// By reason.
    public let withdrawals: [String: Int]
    public let lateAccepts: Int
    public let positions: Int
    public let connectionsLost: Int
    /// What was answered instead of what was asked for.
    public let refusals: [String: Int]
    public let invariants: Invariants

    init(_ simulation: Simulation, _ counts: Observations.Counts, _ log: LogFollower.Findings?, seconds: Double) {
        (drivers, speed, self.seconds) = (simulation.drivers, simulation.speed, (seconds * 10).rounded() / 10)
        minutes = min(simulation.minutes, simulation.demand.minutes)
        (requested, matched, unmatched) = (counts.requested, counts.timesToMatch.count, counts.unmatched)
        (cancelled, completed, givenUp) = (counts.cancelled, counts.completed, counts.givenUp)
        (timeToMatchMs, acceptToRiderMs) = (Percentiles(counts.timesToMatch), Percentiles(counts.timesToRider))
        (offers, withdrawals, lateAccepts) = (counts.offers, counts.withdrawals, counts.lateAccepts)
        (positions, connectionsLost, refusals) = (counts.positions, counts.connectionsLost, counts.refusals)
        let late = counts.undecided.sorted().map { "ride \($0) had no end in time, as far as its rider was shown" }
        invariants = Invariants(
            logWasRead: log != nil, changes: log?.entries ?? 0, rides: log?.rides ?? 0,
            violations: (log?.violations ?? []) + counts.violations + late)
    }
}
