import RateLimiter
import Terminal

/// Shows a result on a terminal: the algorithms side by side, then who was limited most.
public enum ReplayTable {
    /// - Returns: lines of plain text, the last ended too; whatever the log holds, no control character but line feeds.
    public static func render(_ result: ReplayResult) -> String {
        var lines = heading(result)
        lines.append("")
        lines += comparison(result)
        for algorithm in result.algorithms {
            lines += ["", "\(algorithm.algorithm): limited most"] + limited(algorithm)
        }
        let notes = notes(result)
        if !notes.isEmpty { lines += [""] + notes }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func heading(_ result: ReplayResult) -> [String] {
        let span = NumberFormat.duration(microseconds: result.last.microseconds - result.first.microseconds)
        return [
            "\(result.path.visible(limit: 200)): \(NumberFormat.count(result.requests, "request")), "
                + "\(NumberFormat.count(result.keys, "key")) by \(result.by)",
            "\(result.first) to \(result.last) (\(span))",
            "limit \(result.limit): at most \(NumberFormat.count(result.limit.count, "request")) in "
                + "\(NumberFormat.duration(microseconds: result.limit.periodMicroseconds)) for each \(result.by)",
        ]
    }

    private static func comparison(_ result: ReplayResult) -> [String] {
        func row(_ label: String, _ value: (ReplaySummary) -> String) -> [String] {
            [label] + result.algorithms.map(value)
        }
        let rows = [
            row("") { $0.algorithm },
            row("admitted") { NumberFormat.count($0.admitted) },
            row("refused") { NumberFormat.count($0.refused) },
            row("refused, share") { NumberFormat.share($0.refused, of: result.requests) },
            row("keys limited") { NumberFormat.count($0.keysLimited) },
            row("worst burst") { NumberFormat.count($0.worstBurst?.count ?? 0) },
            row("  of the limit") { NumberFormat.ratio($0.worstBurst?.count ?? 0, to: result.limit.count) },
            row("  began") { $0.worstBurst.map { "\($0.first.date) \($0.first.timeOfDay)" } ?? "-" },
        ]
        return aligned(rows)
    }

    private static func limited(_ algorithm: ReplaySummary) -> [String] {
        guard !algorithm.mostLimited.isEmpty else { return ["  nobody"] }
        let rows =
            [["  refused", "asked", "key"]]
            + algorithm.mostLimited.map {
                ["  " + NumberFormat.count($0.refused), NumberFormat.count($0.asked), $0.key.visible(limit: 80)]
            }
        return aligned(rows, leftColumns: [2])
    }

    private static func notes(_ result: ReplayResult) -> [String] {
        var notes: [String] = []
        if result.outOfOrder > 0 {
            let all = result.late == 0 ? "all" : "all but \(NumberFormat.count(result.late))"
            notes.append(
                "\(NumberFormat.count(result.outOfOrder, "request")) stood after a later one; "
                    + "\(all) could be put in order of time.")
        }
        if result.withoutKey > 0 {
            notes.append("\(NumberFormat.count(result.withoutKey, "request")) had no \(result.by) and were left out.")
        }
        if result.malformedLines > 0 {
            notes.append("\(NumberFormat.count(result.malformedLines, "line")) could not be read as an access log's:")
            notes += result.firstMalformed.map { "  line \($0.number): \($0.reason): \($0.text.visible(limit: 80))" }
        }
        if let damage = result.damage { notes.append("Incomplete: \(damage.message.visible(limit: 400))") }
        return notes
    }

    /// Columns as wide as their widest cell; numbers stand to the right.
    private static func aligned(_ rows: [[String]], leftColumns: Set<Int> = [0]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column > 0 ? "  " : "") + (leftColumns.contains(column) ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
