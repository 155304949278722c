import Testing

@testable import RideHailing

@Suite("The checker of the log finds what must never be")
struct RideLogCheckerTests {
    private func violations(_ entries: [RideLogEntry], _ mode: OfferMode = .sequential) -> Int {
        var checker = RideLogChecker(mode: mode)
        for entry in entries { checker.check(entry) }
        return checker.violations.count
    }

    private func entry(
        _ ride: String, _ version: Int, _ status: RideStatus, driver: String? = nil, offered: [String] = []
    ) -> RideLogEntry {
        RideLogEntry(
            position: "\(version)", ride: ride, version: version, status: status, by: nil, driver: driver, offered: offered)
    }

    private func accepted(_ ride: String, by driver: String) -> [RideLogEntry] {
        [
            entry(ride, 1, .requested), entry(ride, 2, .offered, offered: [driver]), entry(ride, 3, .accepted, driver: driver),
        ]
    }

    @Test("A whole life has none")
    func none() {
        let first = accepted("r", by: "dan") + [entry("r", 4, .started, driver: "dan"), entry("r", 5, .completed, driver: "dan")]
        let rounds = [
            entry("s", 1, .requested), entry("s", 2, .offered, offered: ["dan"]), entry("s", 3, .requested),
            entry("s", 4, .offered, offered: ["eve"]), entry("s", 5, .unmatched),
        ]
        #expect(violations(first + rounds + accepted("t", by: "dan") + [entry("t", 4, .cancelled, driver: "dan")]) == 0)
    }

    @Test("Two drivers, two rides, two offers, a version that stands still or jumps, an end that is none")
    func each() {
        #expect(violations(accepted("r", by: "dan") + [entry("r", 4, .started, driver: "eve")]) == 1)
        #expect(violations(accepted("r", by: "dan") + accepted("s", by: "dan"), .broadcast) == 1)
        #expect(violations([entry("r", 1, .requested), entry("s", 1, .requested)]) == 0)
        #expect(
            violations([
                entry("r", 1, .requested), entry("r", 2, .offered, offered: ["dan"]), entry("s", 1, .requested),
                entry("s", 2, .offered, offered: ["dan"]),
            ]) == 1)
        #expect(violations([entry("r", 1, .requested), entry("r", 1, .cancelled)]) == 1)
        #expect(violations([entry("r", 1, .requested), entry("r", 3, .cancelled)]) == 1)
        #expect(violations([entry("r", 1, .requested), entry("r", 2, .cancelled), entry("r", 3, .offered)]) == 1)
        #expect(
            violations([
                entry("r", 1, .requested), entry("r", 2, .offered, offered: ["dan"]), entry("r", 3, .accepted, driver: "eve"),
            ]) == 1)
    }
}
