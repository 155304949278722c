import ArgumentParser
import Logging
import NewsFeed
import Redis
import ServiceKit

/// `news-feed dead-letters`: posts that could not be brought to readers.
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "See, replay or drop posts that could not be brought to readers.",
        discussion: """
            Without --redis it uses the private Redis of the service in --data-dir, whether it runs or not.
            Exit codes: 0 done, 64 not in order, 65 some could not be replayed or dropped, 69 Redis did not answer.
            """,
        subcommands: [ListDeadLettersCommand.self, ReplayDeadLettersCommand.self, DropDeadLettersCommand.self])
}

/// Which dead letters a command is about.
struct DeadLetterChoice: ParsableArguments {
    @Argument(help: ArgumentHelp("As `news-feed dead-letters list` shows them.", valueName: "id"))
    var ids: [String] = []
    @Flag(help: "All that are there now.")
    var all = false

    func validate() throws {
        guard all == ids.isEmpty else { throw ValidationError("This wants the ids of dead letters, or else --all.") }
    }

    func identifiers(in feed: NewsFeed) async throws -> [String] {
        all ? try await feed.allDeadLetters().map(\.id) : ids
    }
}

extension NewsFeed {
    /// Lends the feed whose dead letters a command is about.
    static func forCommand<Value>(_ redis: RedisOptions, _ body: (NewsFeed) async throws -> Value) async throws -> Value {
        let source = try RedisSource(
            name: ServeCommand.serviceName, options: redis,
            privateRedis: PrivateRedis(arguments: FeedOptions.redisArguments))
        let logger = Logger.standardError(ServeCommand.serviceName, level: max(.error, source.logLevel))
        return try await source.withClient(logger) { client in
            var configuration = NewsFeedConfiguration()
            configuration.redisDeadline = .seconds(2)
            do {
                return try await body(NewsFeed(redis: client, configuration: configuration, logger: logger))
            } catch NewsFeedError.redis(let cause) {
                throw CommandFailure(exitCode: .unavailable, "\(cause)")
            }
        }
    }

    func allDeadLetters() async throws -> [DeadLetter] {
        var letters: [DeadLetter] = []
        while true {
            let page = try await deadLetters(after: letters.last?.id, limit: 1000)
            guard !page.isEmpty else { return letters }
            letters += page
        }
    }
}
