import NIOCore
import Synchronization

/// What was heard of the events of this server, and whether something has to be read instead.
final class EventJournal: Sendable {
    private let state = Mutex<(order: EventOrder, advancedAt: NIODeadline?)>((EventOrder(), nil))
    /// Signals that something is missing.
    let losses: AsyncStream<Void>
    private let lost: AsyncStream<Void>.Continuation

    init() {
        (losses, lost) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var order: EventOrder { state.withLock { $0.order } }

    /// Whether it was known a short time ago that everything arrives.
    func isFresh(now: NIODeadline, within limit: Duration) -> Bool {
        state.withLock { $0.advancedAt.map { $0 + TimeAmount(limit) > now } ?? false }
    }

    /// Something is missing.
    func lose() { change { $0.lose() } }

    func begin() { change { $0.begin() } }

    /// - Returns: whether nothing is missing so far.
    func hear(_ number: Int) -> Bool {
        change { order in
            _ = order.hear(number)
            return order.isCertain
        }
    }

    func published(beat number: Int, at moment: Int) { change { _ = $0.published(beat: number, at: moment) } }

    func repaired(asOf losses: Int) { change { $0.repaired(asOf: losses) } }

    /// - Returns: a moment up to which everything has arrived, when it is another than before.
    func advance() -> Int? {
        state.withLock { state in
            guard let moment = state.order.advance() else { return nil }
            state.advancedAt = .now()
            return moment
        }
    }

    private func change<Value>(_ change: (inout EventOrder) -> Value) -> Value {
        let (value, isLost) = state.withLock { state in
            let before = state.order.losses
            return (change(&state.order), state.order.losses != before)
        }
        if isLost { lost.yield() }
        return value
    }
}
