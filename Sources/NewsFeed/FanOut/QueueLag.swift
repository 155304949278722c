/// How far fan-out is behind posting.
public struct QueueLag: Sendable, Hashable {
    /// Posts that are not yet brought to all readers, those under way among them.
    public let waiting: Int
    /// How long the oldest of them has been there.
    public let oldestAge: Duration
    /// Whether the oldest has been there for long and nobody, in any process, works on it.
    public let isStalled: Bool
}
