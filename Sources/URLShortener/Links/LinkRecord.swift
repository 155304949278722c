/// A link as it lies in Redis: a line of numbers, and the URL byte for byte.
///
/// `1 created expires maxVisits owner`, times in milliseconds since 1970, 0 for none, the owner percent-encoded or `-`; then a
/// line end and the URL. A deleted link leaves a tombstone, `0 created deleted 0 owner`, so that its code is never given again.
///
/// There is one text for each record: what decodes encodes to the same bytes, so that records can be compared as bytes.
public struct LinkRecord: Sendable, Hashable {
    public let url: String
    /// Milliseconds since 1970.
    public let createdAtMilliseconds: Int
    /// Milliseconds since 1970.
    public let expiresAtMilliseconds: Int?
    public let maxVisits: Int?
    public let owner: String?
    /// Milliseconds since 1970; nil while the link is there.
    public let deletedAtMilliseconds: Int?

    init(
        url: String, createdAtMilliseconds: Int, expiresAtMilliseconds: Int? = nil, maxVisits: Int? = nil, owner: String? = nil
    ) {
        (self.url, self.createdAtMilliseconds, self.owner) = (url, createdAtMilliseconds, owner)
        (self.expiresAtMilliseconds, self.maxVisits) = (expiresAtMilliseconds, maxVisits)
        deletedAtMilliseconds = nil
    }

    private init(createdAtMilliseconds: Int, deletedAtMilliseconds: Int, owner: String?) {
        (self.createdAtMilliseconds, self.deletedAtMilliseconds) = (createdAtMilliseconds, deletedAtMilliseconds)
        (url, self.owner, expiresAtMilliseconds, maxVisits) = ("", owner, nil, nil)
    }

    /// What is left of it when it is deleted.
    func tombstone(at milliseconds: Int) -> LinkRecord {
        LinkRecord(createdAtMilliseconds: createdAtMilliseconds, deletedAtMilliseconds: milliseconds, owner: owner)
    }

    /// Whether both are states of one link: a change or deletion keeps when and by whom it was created.
    func isSameLink(as other: LinkRecord) -> Bool {
        createdAtMilliseconds == other.createdAtMilliseconds && owner == other.owner
    }

    public var isDeleted: Bool { deletedAtMilliseconds != nil }

    /// - Parameter milliseconds: since 1970.
    public func isExpired(at milliseconds: Int) -> Bool {
        expiresAtMilliseconds.map { $0 <= milliseconds } ?? false
    }

    public var encoded: [UInt8] {
        let until = deletedAtMilliseconds ?? expiresAtMilliseconds ?? 0
        let state = isDeleted ? 0 : 1
        let owner = owner.map(OwnerText.encode) ?? OwnerText.none
        return Array("\(state) \(createdAtMilliseconds) \(until) \(maxVisits ?? 0) \(owner)\n\(url)".utf8)
    }

    /// - Returns: nil when the bytes are no record, or not quite as ``encoded`` writes them.
    public init?(decoding bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let fields = bytes[..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count == 5, let created = Self.number(fields[1]), let until = Self.number(fields[2]),
            let maxVisits = Self.number(fields[3]), let owner = OwnerText.decode(fields[4])
        else { return nil }
        let url = bytes[(end + 1)...]
        switch fields[0] {
        case [UInt8(ascii: "1")]:
            // Never let a line end out of Redis into a header.
            guard !url.isEmpty, url.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let url = String(validating: url, as: UTF8.self)
            else { return nil }
            self.init(
                url: url, createdAtMilliseconds: created, expiresAtMilliseconds: until == 0 ? nil : until,
                maxVisits: maxVisits == 0 ? nil : maxVisits, owner: owner.name)
        case [UInt8(ascii: "0")]:
            guard url.isEmpty, maxVisits == 0 else { return nil }
            self.init(createdAtMilliseconds: created, deletedAtMilliseconds: until, owner: owner.name)
        default: return nil
        }
    }

    /// Decimal digits without leading zeros, below 2^53.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...16).contains(digits.count), digits.first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number < 1 << 53 ? number : nil
    }
}
