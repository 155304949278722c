import Crypto
import TextCoding

/// The name of a conversation: of a pair `user.` and a digest of both names, the same seen from either side; of a group `group.` and
/// its name.
public struct ConversationID: Sendable, Hashable {
    public let text: String

    private init(text: String) { self.text = text }

    /// The conversation of two users, or of a user with himself.
    public static func pair(_ one: UserName, _ other: UserName) -> ConversationID {
        var hash = SHA256()
        for name in [one, other].sortedByBytes() { hash.update(data: Array("\(name.text.utf8.count):\(name.text)".utf8)) }
        return ConversationID(text: pairPrefix + Base64URL.encode(Array(hash.finalize().prefix(digestLength))))
    }

    public static func group(_ group: GroupID) -> ConversationID { ConversationID(text: groupPrefix + group.text) }

    /// - Throws: ``ChatError/invalidConversation`` when no conversation can have this name.
    public init(validating text: String) throws(ChatError) {
        guard let conversation = ConversationID(text) else { throw .invalidConversation }
        self = conversation
    }

    /// nil: no conversation has this name.
    init?(_ text: some StringProtocol) {
        if text.hasPrefix(Self.pairPrefix) {
            let digest = String(text.dropFirst(Self.pairPrefix.count))
            guard digest.utf8.count == 22, Base64URL.decode(digest)?.count == Self.digestLength else { return nil }
        } else {
            guard text.hasPrefix(Self.groupPrefix), GroupID(text.dropFirst(Self.groupPrefix.count)) != nil else { return nil }
        }
        self.text = String(text)
    }

    /// nil: it is that of a pair.
    public var group: GroupID? {
        text.hasPrefix(Self.groupPrefix) ? GroupID(text.dropFirst(Self.groupPrefix.count)) : nil
    }

    private static let pairPrefix = "user."
    private static let groupPrefix = "group."
    private static let digestLength = 16
}

extension Sequence<UserName> {
    func sortedByBytes() -> [UserName] {
        sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    }
}
