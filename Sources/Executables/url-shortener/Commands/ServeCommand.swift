import ArgumentParser
import HTTPTypes
import RateLimiter
import ServiceKit
import URLShortener

/// `url-shortener serve`: creates links, and leads to where they go.
struct ServeCommand: AsyncParsableCommand {
    static let serviceName = "url-shortener"
    static let defaultPort = 8082
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Create links, and lead to where they go.")

    @OptionGroup var options: ServiceOptions
    @Option(help: "Where short URLs begin, such as https://sho.rt; without it the address that is listened on.")
    var baseUrl: String?
    @Option(help: "How many links each user, or each address without one, may create; off lifts it. (default: 60/1m)")
    var createLimit: String?
    @Option(help: "How long a CDN may keep redirects of links that have no end; without it nobody keeps any.")
    var redirectCacheSeconds: Int?
    @Flag(help: "Codes count up, instead of looking random.")
    var sequential = false
    @Option(help: "Proxies whose X-Forwarded-For is believed, as ranges: 10.0.0.0/8,192.0.2.1.")
    var trustedProxies: String?
    @Option(help: "The header field in which a proxy says the visitor's country, such as CF-IPCountry.")
    var countryHeader: String?

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            let configuration = try ServiceConfiguration(
                name: Self.serviceName, defaultPort: Self.defaultPort,
                requirement: .administration, options: options, settings: settings)
            let address = try PublicAddress(settings.text("base-url", baseUrl), listeningOn: configuration.host)
            let createPolicy = try CreationLimit.policy(settings.text("create-limit", createLimit) ?? "60/1m")
            let answers = RedirectAnswers(
                cacheSeconds: try settings.integer("redirect-cache-seconds", redirectCacheSeconds, in: 1...31_536_000))
            let proxies = try TrustedProxies(settings.text("trusted-proxies", trustedProxies))
            let visitors = Visitors(proxies: proxies, countryHeader: try countryField(settings))
            var shortening = URLShortener.Configuration()
            shortening.isSequential = settings.flag("sequential", sequential)

            try await ServiceProcess(configuration).run { [shortening] environment in
                let shortener = URLShortener(redis: environment.redis, configuration: shortening, logger: environment.logger)
                var limiting = RateLimiter.Configuration()
                limiting.policies = createPolicy.map { [$0] } ?? []
                let limiter = RateLimiter(redis: environment.redis, configuration: limiting, logger: environment.logger)
                let limit = createPolicy.map { CreationLimit($0, limiter: limiter) }
                let callers = Callers(credentials: environment.credentials, proxies: proxies)
                return ServiceProcess.Parts(
                    page: Page(
                        html: PackageResources.index_html,
                        scripts: [
                            "url-shortener.js": PackageResources.url_shortener_js,
                            "statistics.js": PackageResources.statistics_js,
                        ]),
                    health: HealthChecks([
                        ("redis", { try await environment.redis.check() }), ("links", { try await shortener.check() }),
                    ]),
                    hotPath: RedirectHotPath(
                        shortener: shortener, redis: environment.redis, answers: answers, visitors: visitors
                    ).make(),
                    services: limit == nil ? [shortener] : [shortener, limiter]
                ) { router in
                    CreationRoutes(shortener: shortener, address: address, callers: callers, limit: limit).add(to: router)
                    LinkRoutes(shortener: shortener, address: address, callers: callers).add(to: router)
                    RedirectRoutes(shortener: shortener, address: address, answers: answers, visitors: visitors).add(to: router)
                }
            }
        }
    }

    private func countryField(_ settings: Settings) throws -> HTTPField.Name? {
        guard let text = settings.text("country-header", countryHeader) else { return nil }
        guard let name = HTTPField.Name(text) else { throw UsageError("--country-header: \(text) is no name of a header field.") }
        return name
    }
}

extension URLShortener {
    fileprivate func check() async throws {
        do { try await probe() } catch { throw HealthFailure(error.description) }
    }
}
