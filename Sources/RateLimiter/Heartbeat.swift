import NIOCore
import Synchronization

/// The beats that an instance publishes and hears itself: proof that what is published reaches it.
final class Heartbeat: Sendable {
    /// So long after a beat was sent that came back, the instance relies on having heard everything.
    static let trust = TimeAmount.milliseconds(900)
    static let interval = Duration.milliseconds(200)

    /// Random, so that no two instances share it.
    let instance = String(UInt64.random(in: .min ... .max), radix: 36)

    private struct State {
        var number = 0
        /// The last few, by number: a beat may come back after the next was sent.
        var sentAt: [Int: NIODeadline] = [:]
        var cameBackAt: NIODeadline?
    }
    private let state = Mutex(State())

    /// The number of a beat that is sent now.
    func next(at now: NIODeadline) -> Int {
        state.withLock { state in
            state.number += 1
            state.sentAt[state.number] = now
            state.sentAt[state.number - 8] = nil
            return state.number
        }
    }

    /// - Returns: when this beat was sent; nil when that is long ago.
    func cameBack(_ number: Int, at now: NIODeadline) -> NIODeadline? {
        state.withLock { state in
            guard let sentAt = state.sentAt[number] else { return nil }
            state.cameBackAt = now
            return sentAt
        }
    }

    /// Whether a beat came back within the last two seconds.
    func isFresh(now: NIODeadline) -> Bool {
        state.withLock { state in state.cameBackAt.map { $0 + .seconds(2) > now } ?? false }
    }
}
