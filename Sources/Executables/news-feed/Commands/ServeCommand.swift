import ArgumentParser
import NewsFeed
import ServiceKit

/// `news-feed serve`: accepts posts and shows feeds; brings posts to readers, too.
struct ServeCommand: AsyncParsableCommand {
    static let serviceName = "news-feed"
    static let defaultPort = 8084
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Accept posts, and show feeds.")

    @OptionGroup var options: ServiceOptions
    @OptionGroup var feed: FeedOptions

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            let configuration = try ServiceConfiguration(
                name: Self.serviceName, defaultPort: Self.defaultPort, requirement: .identity, options: options,
                settings: settings, privateRedis: PrivateRedis(arguments: FeedOptions.redisArguments))
            let feeding = try feed.configuration(settings)

            try await ServiceProcess(configuration).run { environment in
                let feed = NewsFeed(redis: environment.redis, configuration: feeding, logger: environment.logger)
                let live = LiveFeed(feed: feed, logger: environment.logger)
                let viewers = Viewers(credentials: environment.credentials)
                return ServiceProcess.Parts(
                    page: .ofFeed,
                    health: .ofFeed(feed, redis: environment.redis),
                    services: [feed, live, TimelineMemory(redis: environment.redis, logger: environment.logger)]
                ) { router in
                    FeedRoutes(feed: feed, live: live, viewers: viewers).add(to: router)
                    PostRoutes(feed: feed, viewers: viewers).add(to: router)
                    CommentRoutes(feed: feed, viewers: viewers).add(to: router)
                    FollowRoutes(feed: feed, viewers: viewers).add(to: router)
                }
            }
        }
    }
}
