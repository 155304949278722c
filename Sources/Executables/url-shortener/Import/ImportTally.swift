import Terminal

/// Counts what became of the rows of an import.
struct ImportTally {
    private(set) var created = 0
    private(set) var existed = 0
    private(set) var failed = 0
    /// Where Redis left the import, and why.
    private(set) var interruption: (line: Int, reason: String)?

    /// So many failures are named, and the others are only counted: a table with a wrong column has nothing else.
    static let namedFailures = 100

    var rows: Int { created + existed + failed }

    /// - Returns: what is to be said of the row; nil when it became a link, or enough was said.
    mutating func note(_ row: ImportedRow) -> String? {
        switch row.outcome {
        case .created: created += 1
        case .existed: existed += 1
        case .interrupted(let error): interruption = interruption ?? (row.line, "\(error)")
        case .failed(let reason):
            failed += 1
            if failed <= Self.namedFailures { return "line \(row.line): \(reason.visible(limit: 300))" }
            if failed == Self.namedFailures + 1 { return "More lines failed, which are only counted." }
        }
        return nil
    }

    /// `99,998 links created, 2 lines failed; 12.3 s, 487,804 lines a minute.`
    func summary(after elapsed: Duration) -> String {
        let milliseconds = max(1, Int(elapsed / .milliseconds(1)))
        var parts = [NumberFormat.count(created, "link") + " created"]
        if existed > 0 { parts.append(NumberFormat.count(existed) + " already there") }
        if failed > 0 { parts.append(NumberFormat.count(failed, "line") + " failed") }
        let rate = NumberFormat.count(rows * 60_000 / milliseconds)
        return parts.joined(separator: ", ") + "; \(milliseconds / 1000).\(milliseconds / 100 % 10) s, \(rate) lines a minute."
    }
}
