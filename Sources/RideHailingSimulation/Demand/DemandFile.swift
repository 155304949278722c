import Foundation
import Terminal

/// Real demand: how many wanted a ride in each half hour.
///
/// A CSV file with a header line, then a time and a number on each line: `2014-07-01 00:00:00,10844`.
public struct DemandFile: Sendable {
    struct Row: Sendable, Equatable {
        let time: String
        let requests: Double
    }
    let rows: [Row]

    public static let minutesPerRow = 30.0

    /// What is wrong with a file.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        /// It cannot be read, rather than be understood.
        public let isMissing: Bool
    }

    /// - Parameter begin: what the time of the first line begins with that is taken; nil: the first of all.
    /// - Throws: ``Failure`` that names the file, and the line.
    public init(path: String, from begin: String? = nil) throws {
        let name = path.visible(limit: 200)
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw Failure(description: "\(name) cannot be read.", isMissing: true)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure(description: "\(name) is no text.", isMissing: false)
        }
        try self.init(text: text, name: name, from: begin)
    }

    init(text: String, name: String, from begin: String? = nil) throws {
        var rows: [Row] = []
        var hasBegun = begin == nil
        // By bytes: a line may begin with a combining character.
        for (number, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
            if number == 0 || line.isEmpty { continue }
            let parts = line.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count == 2, let requests = Double(parts[1]), (0...1e9).contains(requests) else {
                throw Failure(
                    description: "\(name), line \(number + 1): \(line.visible(limit: 60)) is no time and number, such as "
                        + "2014-07-01 00:00:00,10844.", isMissing: false)
            }
            if let begin, !hasBegun { hasBegun = parts[0].hasPrefix(begin) }
            if hasBegun { rows.append(Row(time: String(parts[0]), requests: requests)) }
        }
        guard !rows.isEmpty else {
            let reason = begin.map { "has no line that begins with \($0.visible(limit: 60))." } ?? "has no line but its header."
            throw Failure(description: "\(name) \(reason)", isMissing: false)
        }
        self.rows = rows
    }
}
