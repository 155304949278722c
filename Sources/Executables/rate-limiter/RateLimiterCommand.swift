import ArgumentParser
import Foundation

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
    static func main() async {
        do {
            var command = try RateLimiterCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            FileHandle.standardError.write(Data("Error: \(failure)\n".utf8))
            exit(failure.exitCode.rawValue)
        } catch {
            RateLimiterCommand.exit(withError: error)
        }
    }
}
