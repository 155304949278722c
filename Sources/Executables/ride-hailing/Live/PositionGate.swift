import NIOCore
import RideHailing

/// Lets one position of a connection through at a time: of those that come before the next may go, the newest alone. So a flood of them
/// costs as much as a few.
struct PositionGate {
    /// Drivers send one every few seconds.
    static let interval = TimeAmount.milliseconds(50)

    private var opensAt = NIODeadline.distantPast
    private var waiting: DriverPosition?

    enum Verdict: Equatable {
        /// It goes on.
        case passes
        /// It waits: the gate has to be opened then.
        case waits(until: NIODeadline)
        /// It waits in the place of another, or it is older than the one that waits.
        case joins
    }

    mutating func add(_ position: DriverPosition, now: NIODeadline) -> Verdict {
        if let waiting {
            let isOlder = position.atMilliseconds.flatMap { at in waiting.atMilliseconds.map { at <= $0 } } ?? false
            if !isOlder { self.waiting = position }
            return .joins
        }
        guard now < opensAt else {
            opensAt = now + Self.interval
            return .passes
        }
        waiting = position
        return .waits(until: opensAt)
    }

    /// - Returns: what has waited.
    mutating func open(now: NIODeadline) -> DriverPosition? {
        defer { waiting = nil }
        opensAt = now + Self.interval
        return waiting
    }
}
