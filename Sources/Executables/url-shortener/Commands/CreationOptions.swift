import ArgumentParser
import ServiceKit
import URLShortener

/// How commands create links: as the service does that they stand beside.
struct CreationOptions: ParsableArguments {
    static let defaultBaseURL = "http://127.0.0.1:\(ServeCommand.defaultPort)"

    @Option(help: "Where short URLs begin, such as https://sho.rt; \(defaultBaseURL) without it.")
    var baseUrl: String?
    @Flag(help: "Codes count up, instead of looking random.")
    var sequential = false

    /// - Throws: ``UsageError``.
    func baseURL(_ settings: Settings = Settings()) throws -> BaseURL {
        try BaseURL(settings.text("base-url", baseUrl) ?? Self.defaultBaseURL)
    }

    /// - Parameter patience: how long Redis may take for each step.
    func configuration(
        _ baseURL: BaseURL, patience: Duration, settings: Settings = Settings()
    ) -> URLShortener.Configuration {
        var configuration = URLShortener.Configuration()
        configuration.ownHosts = [baseURL.authority]
        configuration.isSequential = settings.flag("sequential", sequential)
        configuration.identifiersPerLease = 1
        configuration.redisDeadline = patience
        return configuration
    }
}
