import HTMLReport
import RateLimiter
import Terminal

/// Shows a result as a page: one HTML file with its styles and drawings in it, that needs neither scripts nor a network.
public enum ReplayReport {
    /// - Returns: the page; every text of the log is escaped.
    public static func render(_ result: ReplayResult) -> String {
        HTMLReport.page(
            title: "Replay of \(fileName(result)) under \(result.limit)",
            style: style,
            sections: [
                heading(result), comparison(result), askedAndAdmitted(result), refusedOverTime(result), limitedMost(result),
                worstBursts(result), howItWasRead(result),
            ])
    }

    private static func fileName(_ result: ReplayResult) -> String {
        (result.path.split(separator: "/").last ?? "log").visible(limit: 100)
    }

    private static func heading(_ result: ReplayResult) -> String {
        let span = NumberFormat.duration(microseconds: result.last.microseconds - result.first.microseconds)
        let period = NumberFormat.duration(microseconds: result.limit.periodMicroseconds)
        let damage = result.damage.map {
            "<p class=\"warning\"><strong>Incomplete.</strong> \(HTML.escape($0.message.visible(limit: 400)))</p>"
        }
        return """
            <header>
            <p class="kicker">Rate limit replay</p>
            <h1>\(HTML.escape(fileName(result))) under \(result.limit)</h1>
            <p>What each algorithm would have done with <strong>\(NumberFormat.count(result.requests, "request"))</strong> of
            <strong>\(NumberFormat.count(result.keys, "key"))</strong>, if each \(HTML.escape(result.by.description)) could make
            <strong>\(NumberFormat.count(result.limit.count, "request")) in \(period)</strong>.</p>
            <p class="quiet">\(result.first) to \(result.last), \(span).</p>
            \(damage ?? "")
            </header>
            """
    }

    private static func comparison(_ result: ReplayResult) -> String {
        func row(_ label: String, _ value: (ReplaySummary) -> String) -> [String] {
            [label] + result.algorithms.map(value)
        }
        let rows = [
            row("") { $0.algorithm },
            row("Requests") { _ in NumberFormat.count(result.requests) },
            row("Admitted") { NumberFormat.count($0.admitted) },
            row("Refused") { NumberFormat.count($0.refused) },
            row("Refused, share") { NumberFormat.share($0.refused, of: result.requests) },
            row("Keys limited") { "\(NumberFormat.count($0.keysLimited)) of \(NumberFormat.count(result.keys))" },
            row("Worst burst") { NumberFormat.count($0.worstBurst?.count ?? 0) },
            row("Worst burst, of the limit") { NumberFormat.ratio($0.worstBurst?.count ?? 0, to: result.limit.count) },
        ]
        return """
            <section>
            <h2>Side by side</h2>
            \(HTML.table(caption: "What each algorithm admits and refuses", rows: rows))</section>
            """
    }

    private static func askedAndAdmitted(_ result: ReplayResult) -> String {
        let peak = result.timeline.asked.max() ?? 1
        let charts = result.algorithms.enumerated().map { index, algorithm in
            ReplayChart(
                title: algorithm.algorithm,
                description: "Of \(NumberFormat.count(result.requests, "request")) asked, \(algorithm.algorithm) admits "
                    + "\(NumberFormat.count(algorithm.admitted)). The most asked in one step is \(NumberFormat.count(peak)).",
                identifier: "admitted-\(index)",
                timeline: result.timeline,
                curves: [
                    .init(name: "asked", style: "asked", isArea: true, values: result.timeline.asked),
                    .init(name: "admitted", style: curveStyle(index), isArea: true, values: algorithm.admittedOverTime),
                ],
                peak: peak
            ).render()
        }
        return """
            <section>
            <h2>Asked and admitted</h2>
            <p>Requests in each \(bucket(result)). What stands out above the coloured area was refused.</p>
            \(charts.joined())</section>
            """
    }

    private static func refusedOverTime(_ result: ReplayResult) -> String {
        let curves = result.algorithms.enumerated().map { index, algorithm in
            ReplayChart.Curve(
                name: algorithm.algorithm, style: curveStyle(index),
                values: zip(result.timeline.asked, algorithm.admittedOverTime).map { $0 - $1 })
        }
        guard result.algorithms.contains(where: { $0.refused > 0 }) else {
            return "<section>\n<h2>Refused over time</h2>\n<p>Nothing was refused.</p>\n</section>"
        }
        let refused = result.algorithms.map { "\($0.algorithm) refuses \(NumberFormat.count($0.refused))" }
        let chart = ReplayChart(
            title: "Refused",
            description: "In all, \(refused.joined(separator: ", ")).",
            identifier: "refused",
            timeline: result.timeline,
            curves: curves,
            peak: curves.compactMap { $0.values.max() }.max() ?? 1)
        return """
            <section>
            <h2>Refused over time</h2>
            <p>Requests in each \(bucket(result)).</p>
            \(chart.render())</section>
            """
    }

    private static func limitedMost(_ result: ReplayResult) -> String {
        let tables = result.algorithms.map { algorithm in
            guard !algorithm.mostLimited.isEmpty else {
                return "<div><p class=\"nobody\"><strong>\(HTML.escape(algorithm.algorithm))</strong> limits nobody.</p></div>\n"
            }
            let rows = algorithm.mostLimited.map {
                [$0.key, NumberFormat.count($0.asked), NumberFormat.count($0.refused)]
            }
            return HTML.table(
                caption: algorithm.algorithm, rows: [[result.by.description, "Asked", "Refused"]] + rows, textColumns: [0])
        }
        return """
            <section>
            <h2>Who was limited most</h2>
            <div class="columns">
            \(tables.joined())</div>
            </section>
            """
    }

    private static func howItWasRead(_ result: ReplayResult) -> String {
        let rows = [
            ["", "Count"],
            ["Lines", NumberFormat.count(result.lines)],
            ["Requests replayed", NumberFormat.count(result.requests)],
            ["Malformed lines", NumberFormat.count(result.malformedLines)],
            ["Empty lines", NumberFormat.count(result.blankLines)],
            ["Requests without \(result.by)", NumberFormat.count(result.withoutKey)],
            ["Out of order of time", NumberFormat.count(result.outOfOrder)],
            ["Too late to be put in order", NumberFormat.count(result.late)],
        ]
        var html = "<section>\n<h2>How the log was read</h2>\n" + HTML.table(caption: "Lines of the log", rows: rows)
        if !result.firstMalformed.isEmpty {
            html += HTML.table(
                caption: "The first malformed lines",
                rows: [["Line", "What is wrong", "It begins"]]
                    + result.firstMalformed.map { [NumberFormat.count($0.number), $0.reason, $0.text] },
                textColumns: [1, 2])
        }
        return html + "</section>"
    }

    static func curveStyle(_ index: Int) -> String { "curve-\(index % 6)" }

    private static func bucket(_ result: ReplayResult) -> String {
        NumberFormat.duration(microseconds: result.timeline.bucketMs * 1000)
    }
}
