/// A short link.
public struct Link: Sendable, Hashable {
    /// The public identifier, behind the last slash of the short URL.
    public let code: String
    public let record: LinkRecord

    init(code: String, record: LinkRecord) {
        (self.code, self.record) = (code, record)
    }

    /// Where it leads, byte for byte as it was given.
    public var url: String { record.url }
    /// Milliseconds since 1970.
    public var createdAtMilliseconds: Int { record.createdAtMilliseconds }
    /// Milliseconds since 1970; nil: never.
    public var expiresAtMilliseconds: Int? { record.expiresAtMilliseconds }
    /// So many visits are redirected, and no more; nil: all.
    public var maxVisits: Int? { record.maxVisits }
    /// The user who created it; nil: nobody in particular.
    public var owner: String? { record.owner }
}
