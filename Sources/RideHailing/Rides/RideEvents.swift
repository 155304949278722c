import NIOCore
import Synchronization

/// Hands what is published to all who listen in this process.
final class RideEvents: Sendable {
    private struct Listener {
        let continuation: AsyncStream<RideNews>.Continuation
        /// It is slow: what it has not taken yet says somewhere that something is missing.
        var isBehind = false

        mutating func tell(_ news: RideNews) {
            guard case .dropped(let oldest) = continuation.yield(news) else {
                isBehind = false
                return
            }
            if !isBehind || oldest == .missed { continuation.yield(.missed) }
            isBehind = true
        }
    }
    private struct State {
        var listeners: [Int: Listener] = [:]
        var next = 0
        var heardAt: NIODeadline?
    }
    private let state = Mutex(State())

    /// - Parameter buffered: a slow listener loses the oldest, and is told that he has.
    func listen(buffered: Int) -> AsyncStream<RideNews> {
        let (stream, continuation) = AsyncStream.makeStream(of: RideNews.self, bufferingPolicy: .bufferingNewest(buffered))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = Listener(continuation: continuation)
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func heard(_ text: String) {
        state.withLock { $0.heardAt = .now() }
        if let event = RideEvent(text: text) { tell(.changed(event)) }
    }

    /// Something that was published did not come, or may not have.
    func missed() { tell(.missed) }

    private func tell(_ news: RideNews) {
        state.withLock { state in
            for number in state.listeners.keys { state.listeners[number]?.tell(news) }
        }
    }

    /// Whether anything was heard within the last four seconds: every instance speaks once a second.
    func isFresh(now: NIODeadline) -> Bool {
        state.withLock { $0.heardAt.map { $0 + .seconds(4) > now } ?? false }
    }
}
