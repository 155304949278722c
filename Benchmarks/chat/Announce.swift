import ArgumentParser
import NIOCore

/// One message at a time, whenever a line comes on standard input: how long until the last member of its group has it.
struct Announce: AsyncParsableCommand {
    @OptionGroup
    var clients: ClientOptions

    private struct Figures: Encodable {
        let deliveries: Int
        let medianMicroseconds: Int
        let lastMicroseconds: Int
    }

    func run() async throws {
        let clients = try await Clients(clients)
        try printReady()
        while readLine() != nil {
            let latencies = try await clients.converse(.once(1), for: .seconds(0)).latencies.sorted()
            guard latencies.count == self.clients.members - 1 else { throw ValidationError("\(latencies.count) deliveries") }
            try printLine(
                of: Figures(
                    deliveries: latencies.count, medianMicroseconds: Int(latencies[latencies.count / 2]),
                    lastMicroseconds: Int(latencies[latencies.count - 1])))
            try await clients.check()
        }
    }
}
