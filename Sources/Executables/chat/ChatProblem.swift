public import Chat
import HTTPTypes
public import ServiceKit

extension ChatError: ProblemConvertible {
    public var problem: Problem {
        Problem(status, description)
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .invalidUser, .invalidGroup, .invalidConversation, .invalidMessageID, .invalidText, .invalidSequence, .invalidLimit,
            .invalidCursor, .invalidMembers, .tooManyWatched:
            .badRequest
        case .notMember, .notOwner: .forbidden
        case .notFound: .notFound
        case .groupExists, .tooManyMembers: .conflict
        case .tooManyMessages: .tooManyRequests
        case .contended, .unreadableRecord, .presenceUnsettled, .notRegistered, .eventsLost, .redis: .serviceUnavailable
        }
    }
}

extension ChatError {
    /// What is asked of a field, without the name that the field has elsewhere.
    var requirement: String {
        let text = description
        return text.firstRange(of: ": ").map { String(text[$0.upperBound...]) } ?? text
    }
}
