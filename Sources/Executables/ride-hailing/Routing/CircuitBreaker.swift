import NIOCore

/// Whether a server that has failed again and again is asked once more. While it is not, nobody waits for it.
struct CircuitBreaker {
    /// So many failures in a row open it.
    static let failures = 3
    /// Open, it lets one question through each so long.
    static let pause = TimeAmount.seconds(5)

    private var failed = 0
    private var asksAgainAt = NIODeadline.distantPast

    var isOpen: Bool { failed >= Self.failures }

    /// Whether to ask now. Who does not say what came of it, keeps others waiting for ``pause`` only.
    mutating func mayAsk(now: NIODeadline) -> Bool {
        guard isOpen else { return true }
        guard now >= asksAgainAt else { return false }
        asksAgainAt = now + Self.pause
        return true
    }

    mutating func succeeded() { failed = 0 }

    /// - Returns: whether this opened it.
    mutating func failed(now: NIODeadline) -> Bool {
        failed += 1
        asksAgainAt = now + Self.pause
        return failed == Self.failures
    }
}
