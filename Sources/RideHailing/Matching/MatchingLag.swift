/// How far matching is behind.
public struct MatchingLag: Sendable, Hashable {
    /// Rides with which something is to be done, now or later.
    public let waiting: Int
    /// For so long the one that is due longest has been.
    public let oldestOverdue: Duration

    /// Whether a matcher of this instance gets on, however far behind it is.
    public let isMatching: Bool

    /// Nobody brings rides to drivers, in any process, as far as it can be told from here.
    public var isStalled: Bool { oldestOverdue > .seconds(30) && !isMatching }
}
