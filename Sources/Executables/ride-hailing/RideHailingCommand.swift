import ArgumentParser
import ServiceKit

/// `ride-hailing`: drivers, fares and rides as a service, and its tools.
struct RideHailingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ServeCommand.serviceName,
        abstract: "The nearest driver for each ride, and each ride for exactly one, that many servers share through Redis.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, MatcherCommand.self, SimulateCommand.self, CompareCommand.self],
        defaultSubcommand: ServeCommand.self)
}

@main
enum Main {
    static func main() async { await RideHailingCommand.runAsExecutable() }
}
