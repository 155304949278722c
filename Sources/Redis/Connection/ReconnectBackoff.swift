import NIOCore

/// The pauses between attempts to connect: doubling from 10 ms up to a bound, with equal jitter (half of a pause is
/// random), so that many clients do not come back in step. See Brooker, "Exponential Backoff And Jitter" (AWS
/// Architecture Blog, 2015).
struct ReconnectBackoff {
    private static let first = TimeAmount.milliseconds(10)
    private let maximum: TimeAmount
    private var attempts = 0

    init(maximum: TimeAmount) {
        self.maximum = max(maximum, Self.first)
    }

    /// The pause before the next attempt. The first one after a success is none.
    mutating func next(using random: inout some RandomNumberGenerator) -> TimeAmount {
        defer { attempts += 1 }
        guard attempts > 0 else { return .zero }
        let ceiling = min(maximum.nanoseconds, Self.first.nanoseconds << Int64(min(attempts, 20)))
        return .nanoseconds(Int64.random(in: ceiling / 2...max(ceiling, ceiling / 2), using: &random))
    }

    mutating func reset() {
        attempts = 0
    }
}
