/// How the members of a group find what was sent while they were away.
public enum FanOutStrategy: String, Sendable, Hashable, CaseIterable, Encodable {
    /// Each message is noted with each member: what a group up to the fan-out threshold does.
    case inboxes
    /// Each member looks into the group's log whenever he comes back: what a larger group does.
    case log

    /// The fan-out threshold with which a group of any size does it.
    var threshold: Int {
        switch self {
        case .inboxes: 1_000_000_000
        case .log: 1
        }
    }
}
