import ArgumentParser
import ServiceKit

/// `news-feed`: posts of those whom one follows as a service, and its tools.
struct NewsFeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ServeCommand.serviceName,
        abstract: "Posts of those whom one follows, newest first, that many servers share through Redis.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, WorkerCommand.self, DeadLettersCommand.self, CompareCommand.self],
        defaultSubcommand: ServeCommand.self)
}

@main
enum Main {
    static func main() async { await NewsFeedCommand.runAsExecutable() }
}
