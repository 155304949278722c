/// A record of a CSV file.
struct CSVRecord: Hashable {
    /// The number of the line on which it begins, from 1.
    let line: Int
    let content: Result<[[UInt8]], CSVFlaw>
}

/// Why a record cannot be read.
enum CSVFlaw: Error, Hashable, CustomStringConvertible {
    case quoteInField
    case textAfterQuote
    case quoteNotClosed
    case tooLong

    /// One sentence for whoever wrote the file.
    var description: String {
        switch self {
        case .quoteInField: "a quote stands within a field that does not begin with one."
        case .textAfterQuote: "between a closing quote and the next comma there is text."
        case .quoteNotClosed: "a quote is opened and never closed."
        case .tooLong: "it is longer than \(CSVReader.longestRecord) bytes."
        }
    }
}

/// One line of CSV, quoted where it has to be, and ended.
func csvLine(_ fields: String...) -> String {
    fields.map { field in
        let isBare = field.utf8.allSatisfy { !"\",\r\n".utf8.contains($0) }
        return isBare ? field : "\"\(field.replacing("\"", with: "\"\""))\""
    }.joined(separator: ",") + "\n"
}
