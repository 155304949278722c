import Foundation
import ServiceKit

/// What `--base-url` names: short URLs are it, a slash and the code.
struct BaseURL: Sendable, Hashable {
    /// Without a slash at its end.
    let text: String
    /// `host` or `host:port`.
    let authority: String

    /// - Parameter text: `https://sho.rt`, with a path if a proxy puts the service below one.
    /// - Throws: `UsageError`.
    init(_ text: String) throws {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            let host = parts.encodedHost, !host.isEmpty, (1...65_535).contains(parts.port ?? 443), parts.user == nil,
            parts.query == nil, parts.fragment == nil
        else { throw UsageError("--base-url: \(text) is no address of the form https://host/path.") }
        var trimmed = Substring(text)
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.text = String(trimmed)
        // Its default port is no port: then links to the host are refused whatever port they name.
        authority = host + (parts.port.flatMap { [80, 443].contains($0) ? nil : ":\($0)" } ?? "")
    }

    func shortURL(of code: String) -> String { "\(text)/\(code)" }
}
