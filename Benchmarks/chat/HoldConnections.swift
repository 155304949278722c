import ArgumentParser

/// Connections of members who say nothing, until standard input ends.
struct HoldConnections: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hold")

    @OptionGroup
    var clients: ClientOptions

    func run() async throws {
        let clients = try await Clients(clients)
        try printReady()
        while readLine() != nil {}
        try await clients.check()
    }
}
