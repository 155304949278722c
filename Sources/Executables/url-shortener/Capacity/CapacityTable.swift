import Terminal

/// Shows a plan on a terminal: each figure, and how it comes about.
enum CapacityTable {
    /// - Returns: lines of plain text, the last ended too.
    static func render(_ plan: CapacityPlan) -> String {
        let demand = plan.demand
        let rate = NumberFormat.count(demand.linksPerSecond)
        let years = NumberFormat.count(demand.years, "year")
        let rows: [(name: String, figure: String, why: String)] = [
            ("Links", NumberFormat.count(plan.links), "\(rate) x 86,400 s x 365 days x \(years)"),
            (
                "Code length", NumberFormat.count(plan.codeLength, "digit"),
                "62^\(plan.codeLength) = \(NumberFormat.count(CapacityPlan.codes(ofLength: plan.codeLength)));"
                    + " codes that look random have 6 at least"
            ),
            lasting(6, plan), lasting(7, plan),
            (
                "Memory", NumberFormat.bytes(plan.bytes),
                "\(NumberFormat.count(plan.bytesPerLink)) bytes a link: \(NumberFormat.count(demand.urlBytes)) of its URL, "
                    + "\(CapacityPlan.bytesBesideURL) beside it (measured)"
            ),
            (
                "Redis nodes for memory", NumberFormat.count(plan.nodesForStorage),
                "of \(NumberFormat.count(demand.nodeGibibytes)) GiB for links each"
            ),
            (
                "Redirects", NumberFormat.count(plan.redirectsPerSecond) + "/s",
                "\(NumberFormat.count(demand.readsPerWrite)) for each new link"
            ),
            (
                "Reads of Redis", NumberFormat.count(plan.readsPerSecond) + "/s",
                "if the services answer \(demand.hitPercent)% of redirects from their own memory"
            ),
            (
                "Redis nodes for reads", NumberFormat.count(plan.nodesForReads),
                "of \(NumberFormat.count(demand.nodeReadsPerSecond)) reads/s each"
            ),
            ("Redis nodes", NumberFormat.count(plan.nodes), "the larger number; as many again for each replica"),
        ]
        let title = "\(NumberFormat.count(demand.linksPerSecond, "new link")) a second for \(years)"
        return "\(title)\n\n" + aligned(rows)
    }

    private static func lasting(_ length: Int, _ plan: CapacityPlan) -> (name: String, figure: String, why: String) {
        let count = NumberFormat.count(CapacityPlan.codes(ofLength: length))
        return ("\(length) digits last", duration(seconds: plan.seconds(ofCodes: length)), "62^\(length) = \(count)")
    }

    /// `111.6 years`, and what is shorter than a year as `40 d 18 h`.
    private static func duration(seconds: Int) -> String {
        let tenths = seconds / (CapacityPlan.secondsPerYear / 10)
        guard tenths >= 10 else { return NumberFormat.duration(microseconds: Int64(seconds) * 1_000_000) }
        return "\(NumberFormat.count(tenths / 10)).\(tenths % 10) years"
    }

    private static func aligned(_ rows: [(name: String, figure: String, why: String)]) -> String {
        let names = rows.map(\.name.count).max() ?? 0
        let figures = rows.map(\.figure.count).max() ?? 0
        return rows.map { row in
            let name = row.name + String(repeating: " ", count: names - row.name.count)
            let figure = String(repeating: " ", count: figures - row.figure.count) + row.figure
            return "\(name)  \(figure)  \(row.why)\n"
        }.joined()
    }
}
