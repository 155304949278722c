import ArgumentParser
import ServiceKit

/// `rate-limiter`: the distributed rate limiter as a service, and its tools.
struct RateLimiterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ServeCommand.serviceName,
        abstract: "A rate limiter that many servers share through Redis.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, CheckCommand.self, ReplayCommand.self],
        defaultSubcommand: ServeCommand.self)
}

@main
enum Main {
    static func main() async { await RateLimiterCommand.runAsExecutable() }
}
