/// Positions that wait to be recorded together: of each driver the newest alone, so a flood of one driver's costs no more than one.
struct PositionBatch {
    typealias Completion = @Sendable (Result<PositionOutcome, RideHailingError>) -> Void

    struct Entry {
        var position: DriverPosition
        var completion: Completion?
    }

    /// Entries of one cell, which go together.
    struct Group {
        let cell: CityCell
        var entries: [Entry]
    }

    private(set) var entries: [UserName: Entry] = [:]

    /// - Returns: whom to tell that his position is outdated.
    mutating func add(_ position: DriverPosition, _ completion: Completion?) -> Completion? {
        guard let waiting = entries[position.name] else {
            entries[position.name] = Entry(position: position, completion: completion)
            return nil
        }
        if let at = position.atMilliseconds, let waitingAt = waiting.position.atMilliseconds, at <= waitingAt {
            return completion
        }
        entries[position.name] = Entry(position: position, completion: completion)
        return waiting.completion
    }

    /// Entries of one cell together, so many at most.
    func groups(ofAtMost limit: Int) -> [Group] {
        var groups: [Group] = []
        var open: [CityCell: Int] = [:]
        for entry in entries.values {
            let cell = CityCell(containing: entry.position.coordinate)
            if let index = open[cell], groups[index].entries.count < limit {
                groups[index].entries.append(entry)
            } else {
                open[cell] = groups.count
                groups.append(Group(cell: cell, entries: [entry]))
            }
        }
        return groups
    }
}
