import ArgumentParser
import NewsFeed
import ServiceKit

/// `news-feed dead-letters drop`.
struct DropDeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Delete dead letters. The posts stay, and are in some followers' feeds and not in others'."
    )

    @OptionGroup var redis: RedisOptions
    @OptionGroup var choice: DeadLetterChoice

    func run() async throws {
        try await reportingUsageErrors {
            let outcome = try await NewsFeed.forCommand(redis) { feed in
                try await DeadLetterOutcome.of(choice.identifiers(in: feed)) { try await feed.dropDeadLetter($0) }
            }
            try outcome.publish("dropped", otherwise: "is no dead letter")
        }
    }
}
