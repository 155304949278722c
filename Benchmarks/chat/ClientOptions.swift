import ArgumentParser
import Foundation

/// Which clients there are, and of which servers.
struct ClientOptions: ParsableArguments {
    @Option(help: "Where a server listens, such as http://127.0.0.1:8083; several: members take them in turn.")
    var url: [String]
    @Option(help: "chat or nchan.")
    var server = Dialect.chat
    @Option(help: "How many groups there are.")
    var groups = 1
    @Option(help: "How many members each has, every one with a connection of his own.")
    var members: Int
    @Option(help: "Threads of the clients.")
    var threads = 2

    func validate() throws {
        guard !url.isEmpty, groups > 0, members > 1, threads > 0 else {
            throw ValidationError("--url, --groups and --threads are at least one, --members two")
        }
        _ = try endpoints()
    }

    func endpoints() throws -> [Endpoint] {
        try url.map { text in
            guard let parts = URLComponents(string: text), let host = parts.host, let port = parts.port else {
                throw ValidationError("--url: http://HOST:PORT")
            }
            return Endpoint(host: host, port: port)
        }
    }
}

struct Endpoint: Sendable {
    let host: String
    let port: Int
}
