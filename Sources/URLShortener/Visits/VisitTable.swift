/// Visits by link, with a bound on how much is kept.
///
/// Links are bounded by `maximumLinks`: visits of further links are dropped, and counted as dropped. Visitors, referrers and
/// countries together are bounded by `maximumDetails`: beyond it visits are counted all the same, and only these are not told
/// apart any more.
struct VisitTable: Sendable {
    private(set) var links: [String: LinkVisits] = [:]
    /// The keys of `links`: a dictionary is slow in giving out one after the other.
    private var codes: [String] = []
    private(set) var details = 0
    private let maximumLinks: Int
    private let maximumDetails: Int

    init(maximumLinks: Int, maximumDetails: Int) {
        (self.maximumLinks, self.maximumDetails) = (maximumLinks, maximumDetails)
    }

    var isEmpty: Bool { links.isEmpty }

    /// All visits, of people and bots.
    var visits: Int { links.values.reduce(0) { $0 + $1.visits + $1.botVisits } }

    /// - Returns: false when it was dropped.
    mutating func add(_ visit: Visit) -> Bool {
        change(visit.code) { $0.add(visit, keepsDetails: $1) }
    }

    /// - Returns: how many visits were dropped.
    mutating func add(_ table: VisitTable) -> Int {
        if links.isEmpty, table.links.count <= maximumLinks, table.details <= maximumDetails {
            (links, codes, details) = (table.links, table.codes, table.details)
            return 0
        }
        var dropped = 0
        for code in table.codes {
            guard let visits = table.links[code] else { continue }
            let isKept = change(code) { $0.add(visits, keepsDetails: $1) }
            if !isKept { dropped += visits.visits + visits.botVisits }
        }
        return dropped
    }

    /// Takes out what goes into one entry of the stream: each link once.
    mutating func takeBatch(maximumLinks: Int, maximumSize: Int) -> [(code: String, counts: VisitCounts)] {
        var batch: [(code: String, counts: VisitCounts)] = []
        var size = 0
        while batch.count < maximumLinks, size < maximumSize, let code = codes.popLast() {
            guard var visits = links.removeValue(forKey: code) else { continue }
            details -= visits.details
            let rest = visits.takeVisitors(beyond: VisitCounts.maximumVisitors)
            let counts = VisitCounts(visits)
            batch.append((code, counts))
            size += code.utf8.count + counts.approximateSize
            if let rest {
                // In the next entry: one entry counts once for a link.
                links[code] = rest
                codes.append(code)
                details += rest.details
                break
            }
        }
        return batch
    }

    private mutating func change(_ code: String, _ change: (inout LinkVisits, Bool) -> Void) -> Bool {
        let place: Dictionary<String, LinkVisits>.Index
        if let index = links.index(forKey: code) {
            place = index
        } else {
            guard links.count < maximumLinks else { return false }
            codes.append(code)
            links[code] = LinkVisits()
            guard let index = links.index(forKey: code) else { return false }
            place = index
        }
        // In place, at an index: a copy of a link's visits costs more than what is added to them.
        let keepsDetails = details < maximumDetails
        details += { visits in
            let before = visits.details
            change(&visits, keepsDetails)
            return visits.details - before
        }(&links.values[place])
        return true
    }
}

extension VisitCounts {
    fileprivate var approximateSize: Int {
        (counters + referrers).reduce(14) { $0 + $1.name.utf8.count + 6 } + visitors.count * 14
    }
}
