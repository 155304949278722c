import Synchronization
import TestSupport
import Testing

/// Gives a suite one service that all of its tests share; each of them uses policies and keys of its own.
struct ServiceTrait: SuiteTrait, TestScoping {
    let arguments: [String]
    let environment: [String: String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ProcessSlots.shared.withSlots(1) {
            try await withService(arguments, environment: environment) { service in
                try await eventually("ready", within: .seconds(20)) { try await service.isReady() }
                try await RunningService.$ofSuite.withValue(service) { try await function() }
            }
        }
    }
}

extension Trait where Self == ServiceTrait {
    static func service(_ arguments: String..., environment: [String: String] = [:]) -> Self {
        ServiceTrait(arguments: arguments, environment: environment)
    }
}

/// Holds each test of a suite back until so many more processes may run, so that a small machine is not swamped.
struct SlotsTrait: SuiteTrait, TestTrait, TestScoping {
    let count: Int
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ProcessSlots.shared.withSlots(count) { try await function() }
    }
}

extension Trait where Self == SlotsTrait {
    static func slots(_ count: Int) -> Self { SlotsTrait(count: count) }
}

extension RunningService {
    @TaskLocal fileprivate static var ofSuite: RunningService?

    /// The service of the suite that runs.
    static var shared: RunningService {
        get throws { try #require(ofSuite, "the suite lacks the trait .service") }
    }
}

/// So many services may run at once.
private final class ProcessSlots: Sendable {
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
