import NIOCore

/// Decides whether commands may go to a node that has been failing.
///
/// Closed, it counts failures in a row; at the threshold it opens, and commands are refused at once. Open, it asks for
/// probes (`PING`s of the connection's own, so that no caller is sacrificed); a probe answered in time closes it.
/// See Nygard, Release It!, chapter "Circuit Breaker".
struct CircuitBreaker {
    private enum State {
        case closed(failures: Int)
        case open(nextProbe: NIODeadline)
    }
    private var state = State.closed(failures: 0)
    let threshold: Int
    static let probeInterval = TimeAmount.milliseconds(250)

    init(threshold: Int) {
        self.threshold = max(1, threshold)
    }

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// A command was answered in time. While open only a probe's answer counts: a late success proves little.
    mutating func recordSuccess() {
        if case .closed = state { state = .closed(failures: 0) }
    }

    /// - Returns: true when this failure opened the circuit.
    mutating func recordFailure(now: NIODeadline) -> Bool {
        guard case .closed(let failures) = state else { return false }
        guard failures + 1 >= threshold else {
            state = .closed(failures: failures + 1)
            return false
        }
        state = .open(nextProbe: now)
        return true
    }

    /// True when a probe is due; the next is due one interval later.
    mutating func takeProbe(now: NIODeadline) -> Bool {
        guard case .open(let nextProbe) = state, now >= nextProbe else { return false }
        state = .open(nextProbe: now + Self.probeInterval)
        return true
    }

    /// A probe was answered in time, or a new connection has been greeted.
    mutating func close() {
        state = .closed(failures: 0)
    }
}
