import Synchronization
public import Testing

/// Holds each test of a suite back until so many more processes may run, so that a small machine is not swamped.
public struct SlotsTrait: SuiteTrait, TestTrait, TestScoping {
    let count: Int
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ProcessSlots.shared.withSlots(count) { try await function() }
    }
}

extension Trait where Self == SlotsTrait {
    public static func slots(_ count: Int) -> Self { SlotsTrait(count: count) }
}

/// So many services may run at once.
final class ProcessSlots: Sendable {
    static let shared = ProcessSlots(count: 3)

    private struct State {
        var free: Int
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state: Mutex<State>

    private init(count: Int) {
        state = Mutex(State(free: count))
    }

    func withSlots(_ count: Int, _ body: () async throws -> Void) async throws {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiting.append((count, continuation)) }
            wake()
        }
        defer {
            state.withLock { $0.free += count }
            wake()
        }
        try await body()
    }

    /// In the order of asking, so that who wants many is not passed over for ever.
    private func wake() {
        let ready = state.withLock { state in
            var ready: [CheckedContinuation<Void, Never>] = []
            while let first = state.waiting.first, first.count <= state.free {
                state.free -= first.count
                ready.append(first.continuation)
                state.waiting.removeFirst()
            }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }
}
