import DequeModule
import Synchronization

/// Runs work in the order in which it comes, so much of it at once and no more. It costs nothing while there is none.
final class WorkLanes: Sendable {
    private struct State {
        var waiting: Deque<@Sendable () async -> Void> = []
        var running = 0
    }
    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func add(_ work: @escaping @Sendable () async -> Void) {
        let starts = state.withLock { state in
            state.waiting.append(work)
            guard state.running < limit else { return false }
            state.running += 1
            return true
        }
        if starts { Task { await run() } }
    }

    private func run() async {
        while let work = next() { await work() }
    }

    private func next() -> (@Sendable () async -> Void)? {
        state.withLock { state in
            if let work = state.waiting.popFirst() { return work }
            state.running -= 1
            return nil
        }
    }

    /// Whether nothing waits or runs.
    var isIdle: Bool { state.withLock { $0.running == 0 } }
}
