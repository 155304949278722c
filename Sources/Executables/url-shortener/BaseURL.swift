import Foundation
import ServiceKit
import URLShortener

/// What stands before the code in a short URL.
struct BaseURL: Sendable, Hashable {
    /// Without a slash at its end.
    let text: String
    /// `host` or `host:port`, in the form of ``URLShortener/Configuration/ownHosts``.
    let host: String

    /// - Throws: ``UsageError``.
    init(_ text: String) throws {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            let host = parts.encodedHost, !host.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil
        else { throw UsageError("--base-url is \(text); it is like https://example.org, without ? and #.") }
        self.text = String(text.reversed().drop { $0 == "/" }.reversed())
        self.host = parts.port.map { "\(host):\($0)" } ?? host
    }

    func shortURL(of code: String) -> String { "\(text)/\(code)" }
}
