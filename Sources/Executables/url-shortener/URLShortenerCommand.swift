import ArgumentParser
import ServiceKit

/// `url-shortener`: short links as a service, and its tools.
struct URLShortenerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ServeCommand.serviceName,
        abstract: "Short links that many servers share through Redis.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, ShortenCommand.self, ImportCommand.self, CapacityCommand.self],
        defaultSubcommand: ServeCommand.self)
}

@main
enum Main {
    static func main() async { await URLShortenerCommand.runAsExecutable() }
}
