import ArgumentParser
import Logging
import RideHailing
import ServiceKit

/// `ride-hailing matcher`: matching alone. It listens for health and metrics only.
struct MatcherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matcher", abstract: "Bring rides to drivers, beside the services that accept them.",
        discussion: """
            Any number of matchers share the rides, and go on where one of them was killed. \
            Without --redis it uses the private Redis of the service in --data-dir, and waits for it.
            It listens on a free port unless --port says which, for /health/live, /health/ready and /metrics.
            """)

    @OptionGroup var options: ServiceOptions
    @OptionGroup var rides: RideOptions

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            // Nothing that could be asked of it wants an identity.
            let configuration = try ServiceConfiguration(
                name: ServeCommand.serviceName, defaultPort: 0, requirement: .administration, options: options,
                settings: settings, privateRedis: PrivateRedis(isStarted: false))
            let matching = try rides.configuration(settings, matchers: 1...256)
            try await ServiceProcess(configuration).run { environment in
                let rides = RideHailing(redis: environment.redis, configuration: matching, logger: environment.logger)
                environment.logger.info("Bringing rides to drivers", metadata: ["matchers": "\(matching.matcherLanes)"])
                return ServiceProcess.Parts(
                    page: nil, health: .ofRides(rides, redis: environment.redis), services: [rides]
                ) { _ in
                }
            }
        }
    }
}
