import RedisMeasuring
import Testing

@testable import RideHailingSimulation

@Suite("What a simulation says in the end")
struct SimulationOutcomeTests {
    private func counts() -> Observations.Counts {
        var counts = Observations.Counts()
        (counts.requested, counts.completed, counts.cancelled) = (10, 6, 1)
        counts.timesToMatch = (1...7).map { .milliseconds(10 * $0) }
        counts.unmatched = ["no driver is near": 2]
        return counts
    }

    @Test("Counts, shares, times, and that invariants hold")
    func text() {
        let log = LogFollower.Findings(entries: 40, rides: 10, violations: [])
        let outcome = SimulationOutcome(Simulation(), counts(), log, seconds: 1.25)
        let text = outcome.text
        #expect(outcome.matched == 7 && outcome.timeToMatchMs.p50 == 40 && outcome.timeToMatchMs.p99 == 70)
        #expect(text.contains("70%") || text.contains("70.00%"), "\(text)")
        #expect(
            text.contains("unmatched: no driver is near") && text.contains("Invariants hold, in 40 changes of 10 rides"),
            "\(text)")
        #expect(SimulationOutcome(Simulation(), counts(), nil, seconds: 1).text.contains("log of rides was not read"))
    }

    @Test("What is broken is said, wherever it was seen; a ride without an end is broken, too")
    func violations() {
        var counts = counts()
        counts.violations = ["driver d has two"]
        counts.undecided = ["r1"]
        let log = LogFollower.Findings(entries: 40, rides: 10, violations: ["version \u{1b}[31m"])
        let outcome = SimulationOutcome(Simulation(), counts, log, seconds: 1)
        #expect(outcome.invariants.violations.count == 3)
        #expect(outcome.text.contains("Invariants: 3 broken") && outcome.text.contains("r1") && !outcome.text.contains("\u{1b}"))
    }

    @Test("Clients notice a ride with two drivers, and a driver with two rides")
    func observations() {
        func ride(_ id: String, _ status: String, _ driver: String) -> SeenRide {
            SeenRide(
                id: id, status: status, version: 3, driver: driver, reason: nil, from: .init(lat: 0, lon: 0),
                to: .init(lat: 0, lon: 0))
        }
        let observations = Observations()
        observations.has("ann", ride("r1", "accepted", "ann"))
        observations.has("ann", ride("r1", "completed", "ann"))
        observations.has("ann", ride("r2", "accepted", "ann"))
        #expect(observations.snapshot.violations.isEmpty)
        observations.has("ben", ride("r2", "accepted", "ben"))
        observations.has("ann", ride("r3", "accepted", "ann"))
        #expect(observations.snapshot.violations.count == 2)
        observations.note { $0.undecided.insert("r3") }
        observations.matched(ride("r3", "accepted", "eve"), requestedAt: .now)
        #expect(observations.snapshot.violations.count == 3)
    }
}
