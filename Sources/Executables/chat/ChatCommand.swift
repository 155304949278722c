import ArgumentParser
import ServiceKit

/// `chat`: conversations between users as a service, and its tools.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ServeCommand.serviceName,
        abstract: "Messages between users and in groups, in order and none lost, that many servers share through Redis.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, CompareCommand.self],
        defaultSubcommand: ServeCommand.self)
}

@main
enum Main {
    static func main() async { await ChatCommand.runAsExecutable() }
}
