import RedisMeasuring
import Terminal

/// Shows a result on a terminal: the strategies beside one another, then which of them the group wants.
public enum FanOutTable {
    /// - Returns: lines of plain text, the last ended too; no control character but line feeds.
    public static func render(_ result: FanOutResult) -> String {
        let lines =
            heading(result) + [""] + TextTable.aligned(rows(result)) + [""]
            + [
                "inboxes: each message is noted with each member; log: members look into the group's log when they come back",
                "CPU: of Redis' command thread; cost: CPU of one message and "
                    + "\(NumberFormat.decimal(result.work.returnsPerMessage)) quiet returns of each member", "",
            ] + TextTable.wrapped("Recommended: \(result.recommendation.strategy.title). \(result.recommendation.reason)")
            + notes(result)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func heading(_ result: FanOutResult) -> [String] {
        let work = result.work
        return [
            "A group of \(NumberFormat.count(work.members, "member")), \(NumberFormat.count(work.online)) of them connected to "
                + "\(NumberFormat.count(work.servers, "server")); \(NumberFormat.count(work.messages, "message")) of "
                + "\(NumberFormat.count(work.textBytes, "byte")) with each strategy, one after the other"
        ]
    }

    private static func rows(_ result: FanOutResult) -> [[String]] {
        func row(_ name: String, _ value: (FanOutOutcome) -> String) -> [String] { [name] + result.results.map(value) }
        func pair(_ times: Percentiles) -> String {
            "\(NumberFormat.decimal(times.p50)) / \(NumberFormat.decimal(times.p99)) ms"
        }
        func cost(_ name: String, _ part: @escaping (FanOutOutcome) -> FanOutOutcome.Cost) -> [[String]] {
            [
                row("\(name): commands") { NumberFormat.decimal(part($0).commands) },
                row("  bytes sent to Redis") { NumberFormat.decimal(part($0).bytes) },
                row("  done, p50 / p99") { pair(part($0).ms) },
                row("  CPU") { NumberFormat.decimal(part($0).cpuMicroseconds) + " µs" },
            ]
        }
        let chosen = result.recommendation.strategy
        return [row("") { ($0.strategy == chosen ? "* " : "") + $0.strategy.rawValue }]
            + [row("messages that came to members") { NumberFormat.count($0.delivered) }]
            + cost("a message", \.message) + [row("  last member has it, p50 / p99") { pair($0.lastMemberMs) }]
            + cost("a return, all missed", \.missedReturn) + cost("a quiet return", \.quietReturn)
            + [row("cost") { NumberFormat.decimal($0.cost) + " µs" }]
    }

    private static func notes(_ result: FanOutResult) -> [String] {
        let margin = result.recommendation.margin
        guard margin > 0.05 else { return [] }
        return [""]
            + TextTable.wrapped(
                "The machine was busy, or this is a short run: costs are uncertain by \(NumberFormat.decimal(margin * 100)) %.")
    }
}
