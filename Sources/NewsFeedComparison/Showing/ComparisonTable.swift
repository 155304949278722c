import RedisMeasuring
import Terminal

/// Shows a result on a terminal: the strategies one below the other, then which of them the graph wants.
public enum ComparisonTable {
    /// - Returns: lines of plain text, the last ended too; no control character but line feeds.
    public static func render(_ result: ComparisonOutcome) -> String {
        let rows = [heads] + result.results.map { row($0, isChosen: $0.strategy == result.recommendation.strategy) }
        let lines =
            heading(result) + [""] + TextTable.aligned(rows) + [""] + explanations(result) + [""]
            + TextTable.wrapped("Recommended: " + title(of: result.recommendation.strategy) + ". " + result.recommendation.reason)
            + notes(result)
        return lines.joined(separator: "\n") + "\n"
    }

    static func title(of strategy: ComparedStrategy) -> String {
        strategy.threshold.map { "hybrid, threshold \(NumberFormat.count($0))" } ?? strategy.kind.rawValue
    }

    private static func heading(_ result: ComparisonOutcome) -> [String] {
        let (graph, work) = (result.graph, result.workload)
        return [
            "\(graph.name)\(graph.synthetic ? " (synthetic: made up, nobody's real graph)" : ""): "
                + "\(NumberFormat.count(graph.users, "user")), \(NumberFormat.count(graph.edges, "edge")); "
                + "median \(NumberFormat.count(graph.medianFollowers)), at most \(NumberFormat.count(graph.mostFollowers)) followers",
            "\(NumberFormat.count(work.posts, "post")) (\(NumberFormat.count(work.earlierPosts)) before), \(NumberFormat.count(work.reads, "read")) by "
                + "\(NumberFormat.count(work.readers, "reader")), \(NumberFormat.decimal(work.readsPerPost)) reads for each post, "
                + "seed \(work.seed)",
        ]
    }

    private static let heads = [
        "", "writes", "commands", "bytes", "memory", "visible p50", "p99", "read p50", "p99", "CPU post", "CPU read", "cost",
    ]

    private static func row(_ outcome: StrategyOutcome, isChosen: Bool) -> [String] {
        func milliseconds(_ value: Double) -> String { NumberFormat.decimal(value) + " ms" }
        return [
            "\(isChosen ? "*" : " ") \(outcome.strategy)", NumberFormat.decimal(outcome.writesPerPost),
            NumberFormat.decimal(outcome.commandsPerPost), NumberFormat.decimal(outcome.bytesPerPost),
            NumberFormat.bytes(max(0, outcome.memoryBytes)), milliseconds(outcome.visible.p50), milliseconds(outcome.visible.p99),
            milliseconds(outcome.read.p50), milliseconds(outcome.read.p99), NumberFormat.decimal(outcome.cpuPerPost) + " µs",
            NumberFormat.decimal(outcome.cpuPerRead) + " µs", NumberFormat.decimal(outcome.cost) + " µs",
        ]
    }

    private static func explanations(_ result: ComparisonOutcome) -> [String] {
        [
            "writes, commands, bytes: for one post and its fan-out; memory: of posts and timelines, in the end",
            "CPU: of Redis' command thread; cost: CPU of one post and \(NumberFormat.decimal(result.workload.readsPerPost)) reads",
        ]
    }

    private static func notes(_ result: ComparisonOutcome) -> [String] {
        var notes: [String] = []
        if let crossing = result.recommendation.crossingThreshold {
            notes += TextTable.wrapped(
                "At a threshold near \(NumberFormat.decimal(crossing)) what pushing adds to posts equals what pulling adds to reads."
            )
        }
        if let ratio = result.pairCostRatio {
            notes += TextTable.wrapped(
                "pairwise: pushed to whoever reads at least \(NumberFormat.decimal(ratio)) times as often as the author posts. "
                    + "It is a bound to measure others by: the service does not offer it.")
        }
        if result.recommendation.margin > 0.05 {
            notes += TextTable.wrapped(
                "The machine was busy, or this is a short run: times are uncertain by \(percent(result.recommendation.margin)).")
        }
        if !result.samePages {
            notes.append("Warning: the strategies did not all show the same pages.")
        }
        return notes.isEmpty ? [] : [""] + notes
    }

    static func percent(_ share: Double) -> String { NumberFormat.decimal(share * 100) + " %" }
}
