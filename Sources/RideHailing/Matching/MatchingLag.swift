/// How far matching is behind.
public struct MatchingLag: Sendable, Hashable {
    /// Rides with which something is to be done, now or later.
    public let waiting: Int
    /// For so long the one that is due longest has been.
    public let oldestOverdue: Duration

    /// Nobody brings rides to drivers, in any process.
    public var isStalled: Bool { oldestOverdue > .seconds(30) }
}
