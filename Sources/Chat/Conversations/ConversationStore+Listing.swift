import Redis
import TextCoding

/// One of a user's conversations.
public struct ConversationSummary: Sendable, Hashable {
    public let id: ConversationID
    /// Of a pair the other, or the user himself; of a group nil.
    public let with: UserName?
    public let group: GroupID?
    /// The number of the latest message, 0: none.
    public let lastSeq: Int
    /// How many messages the user has not read.
    public let unread: Int
}

/// A part of a user's conversations.
public struct ConversationList: Sendable, Hashable {
    public let conversations: [ConversationSummary]
    /// Where the next part begins; nil: there is no more.
    public let nextCursor: String?
}

extension ConversationStore {
    public static let maximumListLimit = 200

    /// A user's conversations, those first in which something has happened last (groups beyond the fan-out threshold: since the user
    /// is in them).
    /// - Parameters:
    ///   - cursor: ``ConversationList/nextCursor`` of the part before; nil: the first.
    ///   - limit: 1 to 200.
    public func conversations(
        of user: UserName, after cursor: String? = nil, limit: Int = 100
    ) async throws(ChatError) -> ConversationList {
        guard (1...Self.maximumListLimit).contains(limit) else { throw .invalidLimit }
        var place: ConversationPlace?
        if let cursor {
            place = ConversationPlace(cursor: cursor)
            if place == nil { throw .invalidCursor }
        }
        var conversations: [ConversationSummary] = []
        while conversations.count <= limit {
            let places = try await places(of: user, after: place, count: limit + 1)
            let standings = try await standings(of: user, in: places.map(\.conversation))
            for (found, standing) in zip(places, standings) {
                // Some more than asked for: whether there are more to come.
                if conversations.count == limit, standing.own != nil {
                    return ConversationList(conversations: conversations, nextCursor: place?.cursor)
                }
                place = found
                if let own = standing.own { conversations.append(own.summary(for: user)) }
            }
            if places.count <= limit { break }
        }
        return ConversationList(conversations: conversations, nextCursor: nil)
    }

    /// The next of a user's conversations behind a place: at least so many, if there are.
    private func places(
        of user: UserName, after place: ConversationPlace?, count: Int
    ) async throws(ChatError) -> [ConversationPlace] {
        var read = count
        while true {
            let texts: [String] = try decode(
                try await send(
                    RedisCommand(
                        "ZREVRANGEBYSCORE", ChatKeys.conversations(of: user), place.map { "\($0.at)" } ?? "+inf", "-inf",
                        "WITHSCORES", "LIMIT", 0, read, isIdempotent: true)))
            let places = ConversationPlace.decode(texts).filter { found in place.map { found.follows($0) } ?? true }
            if places.count >= count || texts.count < 2 * read { return places }
            // Of one moment with the place, before it, or nothing of ours.
            read *= 2
        }
    }
}

/// A place in a user's conversations, which are ordered by when something happened in them, and then by name.
struct ConversationPlace: Sendable, Hashable {
    /// Milliseconds since 1970.
    let at: Int
    let conversation: ConversationID

    var cursor: String { Base64URL.encode(Array("\(at) \(conversation.text)".utf8)) }

    init(at: Int, conversation: ConversationID) { (self.at, self.conversation) = (at, conversation) }

    init?(cursor: String) {
        guard let bytes = Base64URL.decode(cursor), let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let at = Int(parts[0]), let conversation = ConversationID(parts[1]) else { return nil }
        self.init(at: at, conversation: conversation)
    }

    /// Names and scores by turns. What is none is left out.
    static func decode(_ texts: [String]) -> [ConversationPlace] {
        stride(from: 0, to: texts.count - 1, by: 2).compactMap { index in
            guard let conversation = ConversationID(texts[index]), let score = Double(texts[index + 1]),
                let at = Int(exactly: score.rounded())
            else { return nil }
            return ConversationPlace(at: at, conversation: conversation)
        }
    }

    /// Newest first; of one moment, the last of the names first.
    func follows(_ other: ConversationPlace) -> Bool {
        at != other.at
            ? at < other.at : conversation.text.utf8.lexicographicallyPrecedes(other.conversation.text.utf8)
    }
}
