import ArgumentParser
import Chat
import ServiceKit

/// What all who share a chat have in common.
struct ChatOptions: ParsableArguments {
    @Option(help: "The longest text of a message, in bytes of UTF-8. (default: 16384)")
    var maxMessageBytes: Int?
    @Option(help: "Users of a server that has died are offline after so long. (default: 10)")
    var presenceLeaseSeconds: Int?
    @Option(
        help:
            "In groups of more members a message is not noted with each of them: they look into the group's log. (default: 1000)")
    var fanoutThreshold: Int?
    @Option(help: "How long messages can be read, in days. (default: 30)")
    var retentionDays: Int?

    /// - Throws: `UsageError`.
    func configuration(_ settings: Settings) throws -> ChatConfiguration {
        var configuration = ChatConfiguration()
        if let bytes = try settings.integer("max-message-bytes", maxMessageBytes, in: 1...1_048_576) {
            configuration.maximumMessageBytes = bytes
        }
        if let seconds = try settings.integer("presence-lease-seconds", presenceLeaseSeconds, in: 1...3_600) {
            configuration.presenceLease = .seconds(seconds)
        }
        if let threshold = try settings.integer("fanout-threshold", fanoutThreshold, in: 1...1_000_000_000) {
            configuration.fanoutThreshold = threshold
        }
        if let days = try settings.integer("retention-days", retentionDays, in: 1...36_500) {
            configuration.retentionDays = days
        }
        return configuration
    }
}
