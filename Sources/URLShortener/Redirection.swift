/// Where a code leads.
public enum Redirection: Sendable, Hashable {
    case link(LinkRecord)
    /// It was deleted, has expired, or was visited as often as it may be.
    case gone
    /// There never was such a link.
    case unknown
}

/// What is kept in memory of a code.
enum KnownLink: Sendable {
    case none
    case link(LinkRecord)
    /// Something else lies under its key.
    case unreadable

    init(_ bytes: [UInt8]?) {
        guard let bytes else {
            self = .none
            return
        }
        self = LinkRecord(decoding: bytes).map { .link($0) } ?? .unreadable
    }
}
