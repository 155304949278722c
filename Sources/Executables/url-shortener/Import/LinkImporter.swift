import Redis
import URLShortener

/// What became of a row.
struct ImportedRow {
    enum Outcome {
        case created(Link)
        /// Its alias leads there already: the row was imported before.
        case existed(Link)
        case failed(reason: String)
        /// Redis did not answer, so nobody knows.
        case interrupted(RedisError)
    }
    let line: Int
    let outcome: Outcome
}

/// Makes links of the rows of a table, chunk by chunk.
struct LinkImporter {
    private let shortener: URLShortener
    /// Rows that begin above this line are passed over.
    private let firstLine: Int

    private var reader = CSVReader()
    private var columns: LinkColumns?

    init(shortener: URLShortener, firstLine: Int) {
        (self.shortener, self.firstLine) = (shortener, firstLine)
    }

    /// Whether the header has come, and can be understood.
    var knowsColumns: Bool { columns != nil }

    /// - Returns: the rows that end in the chunk, in their order.
    /// - Throws: ``HeaderFlaw``.
    mutating func push(_ chunk: [UInt8]) async throws -> [ImportedRow] {
        try await create(reader.push(chunk))
    }

    /// - Returns: the last row, if it has no line end.
    /// - Throws: ``HeaderFlaw``.
    mutating func finish() async throws -> [ImportedRow] {
        let rows = try await create(reader.finish())
        guard columns != nil else { throw HeaderFlaw(reason: "it is empty: the first line must name the columns url and alias.") }
        return rows
    }

    private mutating func create(_ records: [CSVRecord]) async throws -> [ImportedRow] {
        var records = records[...]
        if columns == nil, let header = records.popFirst() { columns = try LinkColumns(header: header) }
        guard let columns else { return [] }
        let lines = records.map(\.line).drop { $0 < firstLine }
        let rows = records.suffix(lines.count).map { columns.link(in: $0) }

        var created = await shortener.create(rows.compactMap { try? $0.get() })[...]
        var outcomes: [ImportedRow.Outcome] = []
        var taken: [Int: NewLink] = [:]
        for row in rows {
            switch row {
            case .failure(let flaw): outcomes.append(.failed(reason: flaw.reason))
            case .success(let link):
                guard let result = created.popFirst() else { break }
                if case .failure(.aliasTaken) = result { taken[outcomes.count] = link }
                outcomes.append(.init(result))
            }
        }
        for (index, outcome) in await outcomesOfTaken(taken) { outcomes[index] = outcome }
        return zip(lines, outcomes).map { ImportedRow(line: $0, outcome: $1) }
    }

    /// Looks where aliases lead that are taken: to where the row wants to go, if it was imported before.
    private func outcomesOfTaken(_ links: [Int: NewLink]) async -> [(Int, ImportedRow.Outcome)] {
        var outcomes: [(Int, ImportedRow.Outcome)] = []
        var open = links[...]
        while !open.isEmpty {
            outcomes += await withTaskGroup { group in
                for (index, link) in open.prefix(Self.readsAtOnce) { group.addTask { (index, await outcomeOfTaken(link)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            open = open.dropFirst(Self.readsAtOnce)
        }
        return outcomes
    }

    private static let readsAtOnce = 500

    private func outcomeOfTaken(_ link: NewLink) async -> ImportedRow.Outcome {
        do throws(URLShortenerError) {
            let existing = try await shortener.link(link.alias ?? "")
            let isSame =
                existing.url.utf8.elementsEqual(link.url.utf8) && existing.expiresAtMilliseconds == nil
                && existing.maxVisits == nil
            return isSame ? .existed(existing) : .init(.failure(.aliasTaken))
        } catch {
            if case .redis(let cause) = error { return .interrupted(cause) }
            return .init(.failure(.aliasTaken))
        }
    }
}

extension ImportedRow.Outcome {
    init(_ result: Result<Link, URLShortenerError>) {
        switch result {
        case .success(let link): self = .created(link)
        case .failure(.redis(let cause)): self = .interrupted(cause)
        case .failure(let error): self = .failed(reason: "\(error)")
        }
    }
}
