import ArgumentParser
import Foundation

/// Where the service listens.
struct Endpoint: Sendable, ExpressibleByArgument {
    let host: String
    let port: Int

    /// - Parameter argument: such as http://127.0.0.1:8085
    init?(argument: String) {
        guard let parts = URLComponents(string: argument), let host = parts.host, let port = parts.port else { return nil }
        (self.host, self.port) = (host, port)
    }
}

enum LoadError: Error, CustomStringConvertible {
    case unexpected(String)
    case closed(String)
    case late(String)

    var description: String {
        switch self {
        case .unexpected(let what): "the service said: \(what)"
        case .closed(let why): "the service has closed a connection: \(why)"
        case .late(let what): "not in time: \(what)"
        }
    }
}
