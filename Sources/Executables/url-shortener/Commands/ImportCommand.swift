import ArgumentParser
import Foundation
import Logging
import Redis
import ServiceKit
import Terminal
import URLShortener

/// `url-shortener import`: links from a table.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Create links from a CSV file, and print which URL has which short URL.",
        discussion: """
            The first line names the columns: url, and alias if there is one; others are passed over. An empty alias is none.
            Standard output gets CSV with url,shortUrl in the order of the file; standard error gets the lines that failed.

            An import may be repeated: an alias that leads to the same URL already is no failure. A link without an alias \
            gets another code each time.

            Without --redis it uses the private Redis of the service in --data-dir, whether it runs or not.
            Exit codes: 0 all are created, 65 some are not, 66 there is no such file, 69 Redis did not answer: then \
            --from-line goes on.
            """)

    @OptionGroup var redis: RedisOptions
    @OptionGroup var creation: CreationOptions
    @Argument(help: ArgumentHelp("A CSV file; - is standard input.", valueName: "file"))
    var path: String
    @Option(help: ArgumentHelp("Go on from this line of the file; the header is read all the same.", valueName: "n"))
    var fromLine = 1

    func run() async throws {
        try await reportingUsageErrors {
            guard fromLine >= 1 else { throw UsageError("--from-line is \(fromLine); lines count from 1.") }
            let source = try RedisSource(name: ServeCommand.serviceName, options: redis)
            let baseURL = try creation.baseURL()
            let file = try InputFile(path: path)
            let logger = Logger.standardError(ServeCommand.serviceName, level: max(.error, source.logLevel))
            try await source.withClient(logger) { client in
                let configuration = creation.configuration(baseURL, patience: .seconds(10))
                let shortener = URLShortener(redis: client, configuration: configuration, logger: logger)
                var session = ImportSession(
                    file: file, baseURL: baseURL, importer: LinkImporter(shortener: shortener, firstLine: fromLine))
                try await session.run()
            }
        }
    }
}

/// An import with its input and output.
private struct ImportSession {
    let file: InputFile
    let baseURL: BaseURL
    var importer: LinkImporter
    var tally = ImportTally()
    var isBegun = false
    var bar = ProgressBar(counting: "links")
    let start = ContinuousClock.now

    mutating func run() async throws {
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
        bar?.clear()
        say(tally.summary(after: .now - start))
        if let (line, reason) = tally.interruption {
            throw CommandFailure(exitCode: .unavailable, "\(reason). Go on with --from-line \(line).")
        }
        if tally.failed > 0 {
            throw CommandFailure(
                exitCode: .dataError, "\(NumberFormat.count(tally.failed, "line")) of \(file.name) became no link.")
        }
    }

    private mutating func publish(_ rows: [ImportedRow]) throws {
        var lines = isBegun ? "" : "url,shortUrl\n"
        isBegun = true
        let failures = rows.compactMap { row in
            if let link = row.outcome.link { lines += csvLine(link.url, baseURL.shortURL(of: link.code)) }
            return tally.note(row)
        }
        if !failures.isEmpty || isatty(1) == 1 { bar?.clear() }
        try output(lines)
        if !failures.isEmpty { say(failures.joined(separator: "\n")) }
        let (readBytes, totalBytes, count) = (file.readBytes, file.totalBytes, tally.rows)
        bar?.update(readBytes: readBytes, of: totalBytes, count: count)
    }

    private func output(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw CommandFailure(exitCode: .cannotCreate, "Standard output cannot be written: \(error.localizedDescription)")
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
