import Hummingbird
import NIOCore
import ServiceKit

/// Where short URLs begin: `--base-url`, or else the address that the service listens on.
struct PublicAddress: Sendable {
    private let given: BaseURL?
    private let host: String

    /// - Parameters:
    ///   - text: as in ``BaseURL``.
    ///   - host: that the service listens on.
    /// - Throws: `UsageError`.
    init(_ text: String?, listeningOn host: String) throws {
        self.host = host
        given = try text.map { try BaseURL($0) }
    }

    /// The short URL of a code, as who sent this request reaches it.
    func shortURL(of code: String, _ request: Request, _ context: ServiceRequestContext) -> String {
        "\(given?.text ?? "http://\(authority(request, context))")/\(code)"
    }

    /// Hosts that are this service, as far as it can know: links never lead there.
    func ownHosts(_ request: Request, _ context: ServiceRequestContext) -> Set<String> {
        Set([given?.authority, listeningAuthority(context), request.head.authority].compactMap { $0 }).union(
            context.localAddress?.port.map { port in Self.addresses(host).map { "\($0):\(port)" } } ?? [])
    }

    private func authority(_ request: Request, _ context: ServiceRequestContext) -> String {
        // Nobody reaches 0.0.0.0: there the client knows better than the service under which name it is found.
        if Self.wildcards.contains(host), let named = request.head.authority, Self.isPlain(named) { return named }
        return listeningAuthority(context)
    }

    private func listeningAuthority(_ context: ServiceRequestContext) -> String {
        let name = host.contains(":") ? "[\(host)]" : host
        return context.localAddress?.port.map { "\(name):\($0)" } ?? name
    }

    /// Of this machine, when it listens on all of them.
    private static func addresses(_ host: String) -> [String] {
        guard wildcards.contains(host) else { return [] }
        return ((try? System.enumerateDevices()) ?? []).compactMap { device in
            device.address?.ipAddress.map { $0.contains(":") ? "[\($0)]" : $0 }
        }
    }

    private static let wildcards = ["0.0.0.0", "::"]

    private static func isPlain(_ authority: String) -> Bool {
        !authority.isEmpty
            && authority.utf8.allSatisfy { byte in
                byte < 0x80
                    && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
                        || ".-_:[]".utf8.contains(byte))
            }
    }
}
