/// A group and its members.
public struct Group: Sendable, Hashable {
    public let id: GroupID
    public let owner: UserName
    /// In the order of their bytes.
    public let members: [UserName]
}

/// How the members of a group find what they have not received.
enum GroupMode: String, Sendable, Hashable, CaseIterable {
    /// Each message is noted with each of them.
    case write
    /// They look into the group's log.
    case read
}

/// What a user's own list says of a group, as `mode at`. A hint: whether he is a member is known to the group alone.
///
/// Whoever prepares a change writes mode read, where nothing is missed. Only who has found mode write, and that nobody prepares
/// anything, writes that.
struct GroupEntry: Sendable, Hashable {
    let mode: GroupMode
    /// Milliseconds since 1970 when it was written.
    let at: Int

    /// A change is made within 30 s after it was prepared, or not at all.
    func isSettled(now: Int) -> Bool { at < now - 60_000 }

    var encoded: String { "\(mode.rawValue) \(at)" }

    init(mode: GroupMode, at: Int) { (self.mode, self.at) = (mode, at) }

    init?(decoding text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let mode = GroupMode(rawValue: String(parts[0])), let at = Int(parts[1]) else { return nil }
        self.init(mode: mode, at: at)
    }
}

/// With whom a message to a group is noted, and the version of the group for which that is true.
struct GroupSnapshot: Sendable {
    let version: String
    let noted: [UserName]
    /// When one was noted last, in milliseconds since 1970.
    var notedAt: Int?

    /// Whether a message has nothing to add to what is noted.
    func isNoted(at now: Int, within interval: Duration) -> Bool {
        notedAt.map { (0..<interval.inMilliseconds).contains(now - $0) } ?? false
    }

    /// With nobody, whoever comes or goes.
    static let read = GroupSnapshot(version: "read", noted: [])
}
