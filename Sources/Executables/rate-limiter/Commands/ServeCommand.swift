import ArgumentParser
import RateLimiter
import ServiceKit

/// `rate-limiter serve`: answers checks over HTTP.
struct ServeCommand: AsyncParsableCommand {
    static let serviceName = "rate-limiter"
    static let defaultPort = 8081
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Answer checks over HTTP.")

    @OptionGroup var options: ServiceOptions
    @Option(help: "Policies to write to Redis at the start, in YAML or JSON.")
    var policies: String?
    @Option(help: "Proxies whose X-Forwarded-For is believed, as ranges: 10.0.0.0/8,192.0.2.1.")
    var trustedProxies: String?

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            let configuration = try ServiceConfiguration(
                name: Self.serviceName, defaultPort: Self.defaultPort,
                requirement: .administration, options: options, settings: settings)
            let proxies = try TrustedProxies(settings.text("trusted-proxies", trustedProxies))
            var limiterConfiguration = RateLimiter.Configuration()
            if let file = settings.text("policies", policies) { limiterConfiguration.policies = try PolicyFile.read(file) }

            try await ServiceProcess(configuration).run { [limiterConfiguration] environment in
                let limiter = RateLimiter(
                    redis: environment.redis, configuration: limiterConfiguration, logger: environment.logger)
                return ServiceProcess.Parts(
                    page: Page(
                        html: PackageResources.index_html, scripts: ["rate-limiter.js": PackageResources.rate_limiter_js]),
                    health: HealthChecks([
                        ("redis", { try await environment.redis.check() }), ("limits", { try await limiter.check() }),
                    ]),
                    hotPath: CheckHotPath.make(limiter, environment.redis),
                    services: [limiter]
                ) { router in
                    CheckRoutes(limiter: limiter).add(to: router)
                    BucketRoutes(limiter: limiter, credentials: environment.credentials).add(to: router)
                    PolicyRoutes(limiter: limiter, credentials: environment.credentials).add(to: router)
                    ForwardAuthRoutes(limiter: limiter, proxies: proxies).add(to: router)
                }
            }
        }
    }
}

extension RateLimiter {
    fileprivate func check() async throws {
        do { try await probe() } catch { throw HealthFailure(error.description) }
    }
}
