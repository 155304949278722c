import ArgumentParser
import ServiceKit
import URLShortener

/// `url-shortener serve`: creates links, and leads to where they go.
struct ServeCommand: AsyncParsableCommand {
    static let serviceName = "url-shortener"
    static let defaultPort = 8082
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Create links, and lead to where they go.")

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            let configuration = try ServiceConfiguration(
                name: Self.serviceName, defaultPort: Self.defaultPort,
                requirement: .administration, options: options, settings: settings)
            try await ServiceProcess(configuration).run { environment in
                let shortener = URLShortener(redis: environment.redis, logger: environment.logger)
                return ServiceProcess.Parts(
                    page: Page(html: PackageResources.index_html, scripts: [:]),
                    health: HealthChecks([("redis", { try await environment.redis.check() })]),
                    services: [shortener]
                ) { _ in }
            }
        }
    }
}
