import ArgumentParser
import NewsFeed
import ServiceKit

/// `news-feed dead-letters replay`.
struct ReplayDeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Queue posts again: they have all their tries, and go on where they stopped.")

    @OptionGroup var redis: RedisOptions
    @OptionGroup var choice: DeadLetterChoice

    func run() async throws {
        try await reportingUsageErrors {
            let outcome = try await NewsFeed.forCommand(redis) { feed in
                try await DeadLetterOutcome.of(choice.identifiers(in: feed)) { try await feed.replayDeadLetter($0) }
            }
            try outcome.publish("replayed", otherwise: "is no dead letter, or holds no post: nothing but `drop` is left for it")
        }
    }
}
