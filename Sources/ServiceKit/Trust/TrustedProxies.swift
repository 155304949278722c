public import Hummingbird
import HTTPTypes
import NIOCore

/// The proxies whose word is taken for where a request came from.
public struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    /// - Parameter text: ranges separated by commas; nil: none.
    /// - Throws: ``UsageError`` naming what is no range.
    public init(_ text: String?) throws {
        ranges = try (text ?? "").split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }.map { part in
            guard let range = AddressRange(part) else {
                throw UsageError("--trusted-proxies: \(part) is no range of addresses, such as 10.0.0.0/8.")
            }
            return range
        }
    }

    /// Where a request came from: the peer, or behind trusted proxies the rightmost hop of `X-Forwarded-For` that is none of
    /// them. What stands further left was written by strangers. nil when the connection has no address.
    public func client(of request: Request, _ context: ServiceRequestContext) -> IPAddress? {
        client(of: context.remoteAddress.flatMap { IPAddress($0) }) {
            request.headers[values: .forwardedFor].joined(separator: ",")
        }
    }

    /// The same on a hot path.
    public func client(of request: HotPathRequest) -> IPAddress? {
        client(of: request.peer) { request.fields["x-forwarded-for"] ?? "" }
    }

    private func client(of peer: IPAddress?, _ forwardedFor: () -> String) -> IPAddress? {
        guard let peer, isTrusted(peer) else { return peer }
        var client = peer
        for hop in forwardedFor().split(separator: ",").reversed() {
            guard let address = IPAddress(hop.trimmed) else { break }
            client = address
            if !isTrusted(address) { break }
        }
        return client
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor = known("X-Forwarded-For")
}

extension Substring {
    /// Without the spaces and tabs around it.
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
