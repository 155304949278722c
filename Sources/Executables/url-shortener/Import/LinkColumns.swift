import URLShortener

/// Where a table of links has what, as its header says.
struct LinkColumns {
    private let url: Int
    private let alias: Int?
    private let count: Int

    /// Names may be written large or small, with spaces around them.
    init(header: CSVRecord) throws(HeaderFlaw) {
        let fields: [[UInt8]]
        do { fields = try header.content.get() } catch { throw HeaderFlaw(reason: "\(error)") }
        let names = fields.map { field in
            String(decoding: field, as: UTF8.self).lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        func column(_ name: String) throws(HeaderFlaw) -> Int? {
            let places = names.indices.filter { names[$0] == name }
            guard places.count <= 1 else { throw HeaderFlaw(reason: "the header names \(name) more than once.") }
            return places.first
        }
        guard let url = try column("url") else {
            throw HeaderFlaw(reason: "the header must name a column url, and it is: \(names.joined(separator: ","))")
        }
        (self.url, alias, count) = (url, try column("alias"), names.count)
    }

    /// - Returns: a link, or why there is none.
    func link(in record: CSVRecord) -> Result<NewLink, RowFlaw> {
        let fields: [[UInt8]]
        do { fields = try record.content.get() } catch { return .failure(RowFlaw(reason: "\(error)")) }
        // A comma too many in a URL that is not quoted would make an alias of its end.
        guard fields.count <= count else {
            return .failure(RowFlaw(reason: "it has \(fields.count) fields, and the header \(count)."))
        }
        guard fields.indices.contains(url) else { return .failure(RowFlaw(reason: "url: missing.")) }
        let alias = alias.flatMap { fields.indices.contains($0) ? fields[$0] : nil } ?? []
        guard let url = String(validating: fields[url], as: UTF8.self), let alias = String(validating: alias, as: UTF8.self)
        else {
            return .failure(RowFlaw(reason: "it is not UTF-8."))
        }
        guard !url.isEmpty else { return .failure(RowFlaw(reason: "url: missing.")) }
        return .success(NewLink(url: url, alias: alias.isEmpty ? nil : alias))
    }
}

/// Why a table cannot be read at all.
struct HeaderFlaw: Error, Hashable {
    let reason: String
}

/// Why a row is no link.
struct RowFlaw: Error, Hashable {
    let reason: String
}
