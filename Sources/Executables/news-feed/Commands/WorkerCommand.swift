import ArgumentParser
import Logging
import NewsFeed
import ServiceKit

/// `news-feed worker`: fan-out alone. It listens for health and metrics only.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Bring posts to readers, beside the services that accept them.",
        discussion: """
            Any number of workers share the queue, and go on where one of them was killed. \
            Without --redis it uses the private Redis of the service in --data-dir, and waits for it.
            It listens on a free port unless --port says which, for /health/live, /health/ready and /metrics.
            """)

    @OptionGroup var options: ServiceOptions
    @OptionGroup var feed: FeedOptions

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            // Nothing that could be asked of it wants an identity.
            let configuration = try ServiceConfiguration(
                name: ServeCommand.serviceName, defaultPort: 0, requirement: .administration, options: options,
                settings: settings, privateRedis: PrivateRedis(isStarted: false))
            let feeding = try feed.configuration(settings, lanes: 1...64)
            try await ServiceProcess(configuration).run { environment in
                let feed = NewsFeed(redis: environment.redis, configuration: feeding, logger: environment.logger)
                environment.logger.info("Bringing posts to readers", metadata: ["lanes": "\(feeding.workerLanes)"])
                return ServiceProcess.Parts(
                    page: nil, health: .ofFeed(feed, redis: environment.redis), services: [feed]
                ) { _ in
                }
            }
        }
    }
}
