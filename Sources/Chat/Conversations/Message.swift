import Redis

/// A message as it was sent.
public struct NewMessage: Sendable, Hashable {
    /// Bytes of UTF-8.
    public static let maximumIDLength = 128

    /// Chosen by the client: what a user sends with the same again within 24 hours is the first message, whatever its text.
    public let id: String
    public let to: Recipient
    public let text: String

    public init(id: String, to: Recipient, text: String) {
        (self.id, self.to, self.text) = (id, to, text)
    }
}

/// What has become of a message that was sent.
public struct SentMessage: Sendable, Hashable {
    public let conversation: ConversationID
    public let id: String
    public let seq: Int
    /// Milliseconds since 1970, by Redis' clock.
    public let at: Int
    /// As of when it was sent; of one that is repeated, now.
    public let epoch: Epoch
    /// It had been sent before.
    public let isRepeat: Bool
    /// Servers that are said to hear what is sent to the group, and that nobody listens for.
    let unheard: [String]
}

/// A message of a conversation.
public struct Message: Sendable, Hashable {
    public let seq: Int
    /// The sender's, see ``NewMessage/id``.
    public let id: String
    public let from: UserName
    public let text: String
    /// Milliseconds since 1970, by Redis' clock.
    public let at: Int

    init(seq: Int, id: String, from: UserName, text: String, at: Int) {
        (self.seq, self.id, self.from, self.text, self.at) = (seq, id, from, text, at)
    }

    /// An entry of a log. nil: it is none.
    init?(entry: RedisValue) {
        guard case .array(let parts) = entry, parts.count == 2, let seq = Self.number(of: parts[0]), seq > 0,
            case .array(let fields) = parts[1], fields.count == 8
        else { return nil }
        var values: [String: String] = [:]
        for index in stride(from: 0, to: 8, by: 2) {
            guard let name = try? fields[index].decode(as: String.self),
                let value = try? fields[index + 1].decode(as: String.self)
            else { return nil }
            values[name] = value
        }
        guard let from = values["from"].flatMap({ try? UserName(validating: $0) }), let id = values["id"],
            let text = values["text"], let at = values["at"].flatMap({ Int($0) })
        else { return nil }
        self.init(seq: seq, id: id, from: from, text: text, at: at)
    }

    /// The number in an entry's identifier, whatever stands behind it.
    static func number(of identifier: RedisValue) -> Int? {
        guard let text = try? identifier.decode(as: String.self) else { return nil }
        return text.split(separator: "-").first.flatMap { Int($0) }
    }
}

/// A part of a conversation, oldest first.
public struct MessagePage: Sendable, Hashable {
    public static let maximumLimit = 200

    public let position: ConversationPosition
    /// Where the page was asked to begin: behind this number.
    public let after: Int
    public let messages: [Message]
    /// What can be read of the messages behind `after`, up to this number, is here. There are more while this is less than
    /// `position.seq`.
    public let through: Int
}

extension MessagePage {
    /// Bytes that are given to a connection at once, unless a single message is more.
    private static let partBytes = 64 << 10
    /// What a message takes beside its texts, about.
    private static let messageOverhead = 200

    /// The beginning of it that a connection is given before it is asked again whether it takes more.
    var part: MessagePage {
        var bytes = 0
        let count = messages.prefix { message in
            bytes += message.text.utf8.count + message.id.utf8.count + message.from.text.utf8.count + Self.messageOverhead
            return bytes <= Self.partBytes
        }.count
        let part = Array(messages.prefix(max(1, count)))
        guard let last = part.last, part.count < messages.count else { return self }
        return MessagePage(position: position, after: after, messages: part, through: last.seq)
    }
}

/// What a user has of a conversation: everything up to these numbers.
public struct Receipt: Sendable, Hashable {
    public let user: UserName
    public let received: Int
    public let read: Int
}
