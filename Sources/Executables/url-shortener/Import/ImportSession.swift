import Foundation
import ServiceKit
import Terminal
import URLShortener

/// An import with its input and output.
struct ImportSession {
    private let file: InputFile
    private let baseURL: BaseURL
    private var importer: LinkImporter
    private var tally = ImportTally()
    private var bar = ProgressBar(counting: "links")
    private var isBegun = false
    private let start = ContinuousClock.now

    init(file: InputFile, baseURL: BaseURL, importer: LinkImporter) {
        (self.file, self.baseURL, self.importer) = (file, baseURL, importer)
    }

    /// - Throws: ``CommandFailure`` also when only some rows became links.
    mutating func run() async throws {
        defer {
            bar?.clear()
            if isBegun { say(tally.summary(after: .now - start)) }
        }
        do {
            var chunk: [UInt8]?
            repeat {
                chunk = try file.nextChunk()
                let rows = if let chunk { try await importer.push(chunk) } else { try await importer.finish() }
                try publish(rows)
            } while chunk != nil && tally.interruption == nil
        } catch let flaw as HeaderFlaw {
            throw CommandFailure(exitCode: .dataError, "\(file.name): \(flaw.reason.visible(limit: 300))")
        }
        if let (line, reason) = tally.interruption {
            throw CommandFailure(exitCode: .unavailable, "\(reason). Go on with --from-line \(line).")
        }
        if tally.failed > 0 {
            throw CommandFailure(
                exitCode: .dataError, "\(NumberFormat.count(tally.failed, "line")) of \(file.name) became no link.")
        }
    }

    private mutating func publish(_ rows: [ImportedRow]) throws {
        var lines = isBegun || !importer.knowsColumns ? "" : csvLine("url", "shortUrl")
        isBegun = importer.knowsColumns
        let failures = rows.compactMap { row in
            if let link = row.outcome.link { lines += csvLine(link.url, baseURL.shortURL(of: link.code)) }
            return tally.note(row)
        }
        if !failures.isEmpty || isatty(1) == 1 { bar?.clear() }
        try output(lines, rows)
        if !failures.isEmpty { say(failures.joined(separator: "\n")) }
        let (readBytes, totalBytes, count) = (file.readBytes, file.totalBytes, tally.rows)
        bar?.update(readBytes: readBytes, of: totalBytes, count: count)
    }

    /// - Parameter rows: that the text is about.
    private func output(_ text: String, _ rows: [ImportedRow]) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let reason = String(cString: strerror(errno))
                let lacking = rows.first.map { " It lacks what became of line \($0.line) and some behind it." } ?? ""
                throw CommandFailure(exitCode: .cannotCreate, "Standard output cannot be written: \(reason).\(lacking)")
            }
            rest = rest.dropFirst(count)
        }
    }

    private func say(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(text)\n".utf8))
    }
}

extension ImportedRow.Outcome {
    fileprivate var link: Link? {
        switch self {
        case .created(let link), .existed(let link): link
        case .failed, .interrupted: nil
        }
    }
}
