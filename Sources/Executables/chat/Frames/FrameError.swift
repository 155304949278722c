import Chat
import NIOCore
import ServiceKit

/// What a client is told when something was not done. The connection stays.
struct FrameError: Error {
    /// For programs: one of those in docs/chat.md.
    let code: String
    /// One sentence; for a frame that is not in order it names the field.
    let detail: String
    /// The message that it is about.
    let id: String?
    var retryAfterMs: Int?

    static func notJSON(_ detail: String) -> FrameError { FrameError(code: "invalid-json", detail: detail, id: nil) }

    /// A frame of JSON that is not what the protocol knows.
    init(field detail: String, of frame: ByteBuffer) {
        let id = try? JSONBody.decode(Named.self, from: frame).id
        self.init(code: "invalid-field", detail: detail, id: id)
    }

    /// What the client wanted came to nothing.
    init(_ error: ChatError, id: String?) {
        self.init(code: error.code, detail: error.description, id: id)
        if case .tooManyMessages(let delay) = error { retryAfterMs = delay }
    }

    private init(code: String, detail: String, id: String?) {
        (self.code, self.detail, self.id) = (code, detail, id)
    }

    /// Whatever else is wrong with a frame, it may have an id.
    private struct Named: Decodable {
        let id: String
    }
}

extension ChatError {
    fileprivate var code: String {
        switch self {
        case .invalidUser, .invalidGroup, .invalidConversation, .invalidMessageID, .invalidText, .invalidSequence, .invalidLimit,
            .invalidCursor, .invalidMembers:
            "invalid-field"
        case .notMember: "not-member"
        case .notOwner: "not-owner"
        case .notFound: "not-found"
        case .groupExists, .tooManyMembers: "conflict"
        case .tooManyMessages: "rate-limited"
        case .tooManyWatched: "too-many-watched"
        case .unreadableRecord: "unreadable"
        case .contended, .presenceUnsettled, .notRegistered, .eventsLost, .redis: "unavailable"
        }
    }
}
