import NIOCore
import Synchronization

/// Hands what is published to all who listen in this process.
final class RideEvents: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<RideEvent>.Continuation] = [:]
        var next = 0
        var heardAt: NIODeadline?
    }
    private let state = Mutex(State())

    /// - Parameter buffered: a slow listener loses the oldest.
    func listen(buffered: Int) -> AsyncStream<RideEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: RideEvent.self, bufferingPolicy: .bufferingNewest(buffered))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func heard(_ text: String) {
        let listeners = state.withLock { state in
            state.heardAt = .now()
            return Array(state.listeners.values)
        }
        guard let event = RideEvent(text: text) else { return }
        for listener in listeners { listener.yield(event) }
    }

    /// Whether anything was heard within the last four seconds: every instance speaks once a second.
    func isFresh(now: NIODeadline) -> Bool {
        state.withLock { $0.heardAt.map { $0 + .seconds(4) > now } ?? false }
    }
}
