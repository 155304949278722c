import NIOCore
import Synchronization

/// Knows whether messages arrive: each instance publishes twice a second, so silence means that none do.
final class EventPulse: Sendable {
    static let interval = Duration.milliseconds(500)
    private static let patience = TimeAmount.seconds(3)
    private let lastHeard = Mutex<NIODeadline?>(nil)

    func heard(at now: NIODeadline) {
        lastHeard.withLock { $0 = now }
    }

    func isFresh(now: NIODeadline) -> Bool {
        lastHeard.withLock { $0 }.map { $0 + Self.patience > now } ?? false
    }
}
