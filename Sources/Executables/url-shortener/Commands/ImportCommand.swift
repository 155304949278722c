import ArgumentParser
import Logging
import Redis
import ServiceKit
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
