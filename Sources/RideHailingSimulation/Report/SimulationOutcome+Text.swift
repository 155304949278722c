import RedisMeasuring
import Terminal

extension SimulationOutcome {
    private static let shownViolations = 20

    /// Lines of plain text, the last ended too.
    public var text: String {
        let counts: [(String, Int)] =
            [("requested", requested), ("matched", matched)]
            + unmatched.sorted { $0.key < $1.key }.map { ("unmatched: \($0.key.visible(limit: 60))", $0.value) }
            + [("cancelled", cancelled), ("completed by now", completed)] + (givenUp > 0 ? [("not even requested", givenUp)] : [])
        var lines = [
            "\(NumberFormat.count(drivers, "driver")), \(NumberFormat.decimal(minutes)) minutes of demand"
                + (speed == 1 ? "" : ", \(NumberFormat.decimal(speed)) times as fast") + ", "
                + "\(NumberFormat.decimal(seconds)) s in all", "",
        ]
        lines += TextTable.aligned(
            counts.map { name, count in
                [name, NumberFormat.count(count)] + [name == "requested" ? "" : NumberFormat.share(count, of: requested)]
            })
        lines += [""]
        lines += TextTable.aligned([
            ["", "p50", "p99", "max"], Self.row("time to match", timeToMatchMs),
            Self.row("accept to rider's screen", acceptToRiderMs),
        ])
        lines += [
            "",
            "\(NumberFormat.count(offers, "offer"))\(Self.list(withdrawals, before: ", withdrawn: ")), "
                + "\(NumberFormat.count(lateAccepts)) accepted too late; \(NumberFormat.count(positions, "position"))",
        ]
        if connectionsLost > 0 { lines.append("\(NumberFormat.count(connectionsLost, "connection")) lost, and made again") }
        if !refusals.isEmpty { lines.append("Refused" + Self.list(refusals, before: ": ")) }
        return (lines + [""] + findings).joined(separator: "\n") + "\n"
    }

    private var findings: [String] {
        guard invariants.violations.isEmpty else {
            let shown = invariants.violations.prefix(Self.shownViolations).map { "  " + $0.visible(limit: 200) }
            let more = invariants.violations.count - shown.count
            return ["Invariants: \(NumberFormat.count(invariants.violations.count)) broken"] + shown
                + (more > 0 ? ["  and \(NumberFormat.count(more)) more"] : [])
        }
        let read =
            invariants.logWasRead
            ? "\(NumberFormat.count(invariants.changes, "change")) of \(NumberFormat.count(invariants.rides, "ride")) in the log, "
                + "and all that clients saw"
            : "all that clients saw (the log of rides was not read: --redis says where it is)"
        return [
            "Invariants hold, in \(read):",
            "one driver for each ride, one ride for each driver, versions that only grow, an end in time",
        ]
    }

    private static func row(_ name: String, _ times: Percentiles) -> [String] {
        [name] + [times.p50, times.p99, times.max].map { NumberFormat.decimal($0) + " ms" }
    }

    private static func list(_ counts: [String: Int], before: String) -> String {
        guard !counts.isEmpty else { return "" }
        return before
            + counts.sorted { $0.value > $1.value }.prefix(8).map {
                "\($0.key.visible(limit: 80)) \(NumberFormat.count($0.value))"
            }
            .joined(separator: ", ")
    }
}
