/// A group's name, chosen by whoever creates it: 1 to 64 letters, digits, `.`, `_` and `-`.
public struct GroupID: Sendable, Hashable {
    public static let maximumLength = 64

    public let text: String

    /// - Throws: ``ChatError/invalidGroup``.
    public init(validating text: String) throws(ChatError) {
        guard let group = GroupID(text) else { throw .invalidGroup }
        self = group
    }

    /// nil: no group has this name.
    init?(_ text: some StringProtocol) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = String(text)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
