import HTMLReport
import RedisMeasuring
import Terminal

/// Shows a result as a page: one HTML file with its styles and drawings in it, that needs neither scripts nor a network.
public enum ComparisonReport {
    /// - Returns: the page; every text of others is escaped.
    public static func render(_ result: ComparisonOutcome) -> String {
        HTMLReport.page(
            title: "News feed: which fan-out \(result.graph.name) wants",
            style: style,
            sections: [
                heading(result), comparison(result), costOverThreshold(result), followers(result), howItWasMeasured(result),
            ])
    }

    private static let style = """
        .boundary { fill: none; stroke: var(--quiet); stroke-width: 1.4; stroke-dasharray: 4 4; }
        svg .dot { fill: var(--card); stroke-width: 2; stroke-dasharray: none; }
        .answer { font-size: 18px; }
        """

    private static func heading(_ result: ComparisonOutcome) -> String {
        let (graph, work) = (result.graph, result.workload)
        let synthetic =
            graph.synthetic
            ? "<p class=\"warning\"><strong>Synthetic.</strong> This graph was made up, with celebrities. Give the edge list of your "
                + "own to learn what it wants.</p>\n" : ""
        let different =
            result.samePages
            ? ""
            : "<p class=\"warning\"><strong>The strategies did not all show the same pages.</strong> One of them is wrong, or "
                + "somebody else wrote to this Redis.</p>\n"
        let late =
            result.recommendation.isWithinBounds
            ? "" : "<p class=\"warning\"><strong>No strategy keeps within the bounds.</strong></p>\n"
        return """
            <header>
            <p class="kicker">News feed, strategies compared</p>
            <h1>\(HTML.escape(graph.name)): \(ComparisonTable.title(of: result.recommendation.strategy))</h1>
            <p class="answer">\(HTML.escape(result.recommendation.reason))</p>
            <p class="quiet">\(NumberFormat.count(graph.users, "user")), \(NumberFormat.count(graph.edges, "edge")), at most
            \(NumberFormat.count(graph.mostFollowers, "follower")). \(NumberFormat.count(work.posts, "post")) and
            \(NumberFormat.count(work.reads, "read")) of each strategy were measured.</p>
            \(synthetic)\(late)\(different)</header>
            """
    }

    private static func comparison(_ result: ComparisonOutcome) -> String {
        func milliseconds(_ value: Double) -> String { NumberFormat.decimal(value) + " ms" }
        func microseconds(_ value: Double) -> String { NumberFormat.decimal(value) + " µs" }
        let posts = result.results.map { outcome in
            [
                outcome.strategy.description, NumberFormat.decimal(outcome.writesPerPost),
                NumberFormat.decimal(outcome.commandsPerPost), NumberFormat.decimal(outcome.bytesPerPost),
                milliseconds(outcome.visible.p50), milliseconds(outcome.visible.p99), milliseconds(outcome.visible.max),
            ]
        }
        let reads = result.results.map { outcome in
            [
                outcome.strategy.description, NumberFormat.decimal(outcome.commandsPerRead), milliseconds(outcome.read.p50),
                milliseconds(outcome.read.p99), milliseconds(outcome.read.max),
            ]
        }
        let costs = result.results.map { outcome in
            [
                outcome.strategy.description + (outcome.strategy == result.recommendation.strategy ? " (recommended)" : ""),
                microseconds(outcome.cpuPerPost), microseconds(outcome.cpuPerRead), microseconds(outcome.cost),
                NumberFormat.bytes(max(0, outcome.memoryBytes)),
            ]
        }
        return """
            <section>
            <h2>Side by side</h2>
            \(HTML.table(caption: "What Redis does: time of its command thread, and memory", rows: [
                ["", "For a post", "For a read", "Cost: a post and its reads", "Memory in the end"]
            ] + costs))\(HTML.table(caption: "Each post, and its fan-out", rows: [
                ["", "Writes", "Commands", "Bytes sent to Redis", "Visible after, p50", "p99", "Longest"]
            ] + posts))\(HTML.table(caption: "Each page of \(result.workload.pageSize)", rows: [
                ["", "Commands", "p50", "p99", "Longest"]
            ] + reads))</section>
            """
    }

    private static func followers(_ result: ComparisonOutcome) -> String {
        let graph = result.graph
        let share = { (users: Int) in 100 * Double(users) / Double(max(1, graph.users)) }
        let chart = ThresholdChart(
            title: "Users with at least so many followers",
            description:
                "Of those who are followed at all, half have at least \(NumberFormat.count(graph.medianFollowers)); the most "
                + "followed has \(NumberFormat.count(graph.mostFollowers)).",
            identifier: "followers", unit: " %",
            curves: [
                .init(
                    name: "share of all users", style: "curve-0",
                    points: graph.followers.map { (Double($0.followers), share($0.users)) }, hasDots: false)
            ],
            marks: result.results.compactMap { outcome in
                outcome.strategy.threshold.map { .init(x: Double(min($0, graph.mostFollowers)), label: NumberFormat.count($0)) }
            })
        return """
            <section>
            <h2>Who has how many followers</h2>
            <p>The lines are the thresholds that were tried: whoever is to the right of one is pulled.</p>
            \(chart.render())</section>
            """
    }
}
