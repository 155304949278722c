import Synchronization
import Testing

@testable import ServiceKit

@Suite("Whether a service does its work")
struct HealthChecksTests {
    private struct Secret: Error {}

    @Test("All is well when every check passes, and without checks")
    func well() async {
        #expect(await HealthChecks([]).failures().isEmpty)
        #expect(await HealthChecks([("a", {}), ("b", { try await Task.sleep(for: .milliseconds(1)) })]).failures().isEmpty)
    }

    @Test("Each failure is told under its check's name, in the order of the checks; of other errors nothing is told")
    func failures() async {
        let checks = HealthChecks([
            (
                "slow",
                {
                    try await Task.sleep(for: .milliseconds(20)); throw HealthFailure("was slow")
                }
            ), ("good", {}),
            ("strange", { throw Secret() }), ("quick", { throw HealthFailure("was quick") }),
        ])
        #expect(await checks.failures() == ["slow: was slow", "strange: failed", "quick: was quick"])
    }

    @Test("Checks that hang are failures after 2 s, all at once, also those that do not heed a cancellation")
    func hanging() async {
        let gate = Gate()
        let checks = HealthChecks([
            ("patient", { try await Task.sleep(for: .seconds(60)) }), ("deaf", { await gate.pass() }), ("good", {}),
            ("swallowing", { while !gate.isOpen { try? await Task.sleep(for: .milliseconds(10)) } }),
        ])
        let start = ContinuousClock.now
        let failures = await checks.failures()
        #expect(failures == ["patient", "deaf", "swallowing"].map { "\($0): no answer within 2 s" })
        // Far less than the patient one would take; a busy machine may need its time.
        #expect(ContinuousClock.now - start < .seconds(30))
        gate.open()
        #expect(await HealthChecks([("deaf", { await gate.pass() })]).failures().isEmpty)
    }

    @Test("A check whose asker has gone is told to stop")
    func cancelled() async {
        let stopped = Gate()
        let asking = Task {
            await HealthChecks([
                (
                    "a",
                    {
                        try? await Task.sleep(for: .seconds(60))
                        stopped.open()
                    }
                )
            ]).failures()
        }
        asking.cancel()
        #expect(await !asking.value.isEmpty)
        await stopped.pass()
    }
}

/// Closed until it is opened; whoever waits for it does not heed a cancellation.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
