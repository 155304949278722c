import ArgumentParser
import Logging
import Redis
import ServiceKit
import URLShortener

/// `url-shortener shorten`: one link from a shell.
struct ShortenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shorten", abstract: "Create a link, and print its short URL.",
        discussion: """
            Without --redis it uses the private Redis of the service in --data-dir, whether it runs or not.
            Exit codes: 0 created, 64 not in order, 69 Redis did not answer, 73 the alias is taken.
            """)

    @OptionGroup var redis: RedisOptions
    @OptionGroup var creation: CreationOptions
    @Argument(help: "Where the link leads: an http or https URL.")
    var url: String
    @Option(help: "A code of your own choice: 3 to 64 of A-Z a-z 0-9 _ and -.")
    var alias: String?
    @Option(help: "The link ends after so many seconds.")
    var expiresInSeconds: Int?
    @Option(help: "The link ends after so many visits.")
    var maxVisits: Int?

    func run() async throws {
        try await reportingUsageErrors {
            let source = try RedisSource(name: ServeCommand.serviceName, options: redis)
            let baseURL = try creation.baseURL()
            let logger = Logger.standardError(ServeCommand.serviceName, level: max(.error, source.logLevel))
            let link = try await source.withClient(logger) { client in
                let shortener = URLShortener(
                    redis: client, configuration: creation.configuration(baseURL, patience: .seconds(2)), logger: logger)
                return try await create(with: shortener)
            }
            print(baseURL.shortURL(of: link.code))
        }
    }

    private func create(with shortener: URLShortener) async throws -> Link {
        do throws(URLShortenerError) {
            return try await shortener.create(
                NewLink(url: url, alias: alias, expiresInSeconds: expiresInSeconds, maxVisits: maxVisits))
        } catch {
            switch error {
            case .redis(let cause): throw CommandFailure(exitCode: .unavailable, "\(cause)")
            case .codesExhausted, .unreadableSettings, .unreadableRecord:
                throw CommandFailure(exitCode: .unavailable, error.description)
            case .aliasTaken: throw CommandFailure(exitCode: .cannotCreate, "--\(error)")
            case .invalidExpiry: throw UsageError(option("expires-in-seconds", error))
            case .invalidMaxVisits: throw UsageError(option("max-visits", error))
            case .invalidAlias, .reservedAlias: throw UsageError("--\(error)")
            default: throw UsageError(error.description)
            }
        }
    }

    /// Says it of the option rather than of the member of a request.
    private func option(_ name: String, _ error: URLShortenerError) -> String {
        "--\(name)" + error.description.drop { $0 != ":" }
    }
}
