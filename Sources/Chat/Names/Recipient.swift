/// To whom a message is sent.
public enum Recipient: Sendable, Hashable {
    case user(UserName)
    case group(GroupID)

    /// The conversation in which a user writes to this recipient.
    func conversation(from user: UserName) -> ConversationID {
        switch self {
        case .user(let other): .pair(user, other)
        case .group(let group): .group(group)
        }
    }
}

/// Whose connections an event of a conversation goes to.
public enum Audience: Sendable, Hashable {
    /// Both users of a pair, in the order of their bytes; one user twice where he talks to himself.
    case pair(UserName, UserName)
    /// The members of a group, who are known where they are connected.
    case group(GroupID)

    static func pair(of one: UserName, and other: UserName) -> Audience {
        let names = [one, other].sortedByBytes()
        return .pair(names[0], names[1])
    }

    /// nil: the conversation is of a pair, and nobody said of whom.
    init?(_ conversation: ConversationID) {
        guard let group = conversation.group else { return nil }
        self = .group(group)
    }

    /// Two names, percent-encoded, with a comma between, or `*`.
    var encoded: String {
        switch self {
        case .pair(let one, let other): "\(one.encoded),\(other.encoded)"
        case .group: "*"
        }
    }

    /// nil: it is not what ``encoded`` makes of an audience of this conversation.
    init?(encoded: some Collection<UInt8>, of conversation: ConversationID) {
        if let group = conversation.group {
            guard encoded.elementsEqual([UInt8(ascii: "*")]) else { return nil }
            self = .group(group)
        } else {
            let names = encoded.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard names.count == 2, let one = UserName(encoded: names[0]), let other = UserName(encoded: names[1]) else {
                return nil
            }
            self = .pair(one, other)
        }
    }

    /// Of a group's member nothing is known here.
    func excludes(_ user: UserName) -> Bool {
        if case .pair(let one, let other) = self { one != user && other != user } else { false }
    }
}
