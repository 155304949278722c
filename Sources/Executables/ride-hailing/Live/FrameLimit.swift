import NIOCore

/// How much one connection may say: a bucket of tokens. Who says more is not refused but read more slowly.
struct FrameLimit {
    /// What a frame costs.
    enum Cost: Double {
        case location = 1
        /// What Redis, or an answer, is needed for.
        case request = 10
    }

    static let capacity = 500.0
    static let tokensPerSecond = 200.0

    private var tokens = capacity
    private var filledAt: NIODeadline

    init(now: NIODeadline) { filledAt = now }

    /// - Returns: how long to wait before more is read; nil: not at all.
    mutating func take(_ cost: Cost, now: NIODeadline) -> TimeAmount? {
        let seconds = Double(max(0, (now - filledAt).nanoseconds)) / 1e9
        tokens = min(Self.capacity, tokens + seconds * Self.tokensPerSecond) - cost.rawValue
        filledAt = max(now, filledAt)
        guard tokens < 0 else { return nil }
        return .nanoseconds(Int64((-tokens / Self.tokensPerSecond * 1e9).rounded(.up)))
    }
}
