import Foundation
import ServiceKit

/// A service that runs already.
struct ServiceTarget: Sendable {
    let host: String
    let port: Int

    init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    /// - Throws: `UsageError`.
    init(url: String) throws {
        guard let parts = URLComponents(string: url), parts.scheme?.lowercased() == "http", let host = parts.host, !host.isEmpty,
            ["", "/"].contains(parts.path), parts.query == nil
        else { throw UsageError("--service is \(url); it is an address such as http://127.0.0.1:8085.") }
        // Brackets belong to the address, not to its name.
        self.init(host: host.trimmingCharacters(in: ["[", "]"]), port: parts.port ?? 80)
    }
}
