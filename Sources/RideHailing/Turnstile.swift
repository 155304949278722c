import NIOCore
import Synchronization

/// Lets so many through at a time; the others wait in the order in which they came.
///
/// Without it all of a flood would be sent to Redis at once, and fail together when it does not answer the last in time.
final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var waiting: CircularBuffer<CheckedContinuation<Void, Never>> = []
    }
    private let state: Mutex<State>

    /// - Parameter width: so many at a time.
    init(width: Int) { state = Mutex(State(free: width)) }

    func pass<Value: Sendable, Failure>(
        _ body: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        await enter()
        defer { leave() }
        return try await body()
    }

    var isFree: Bool { state.withLock { $0.free > 0 } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let enters = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if enters { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state in
            let next = state.waiting.popFirst()
            if next == nil { state.free += 1 }
            return next
        }
        next?.resume()
    }
}
