import RideHailing
import Synchronization

/// Reads the log of all rides while it is written, before its oldest entries go, and checks what has happened.
final class LogFollower: Sendable {
    private let rides: RideHailing
    private let state: Mutex<State>

    private struct State {
        var checker: RideLogChecker
        /// Rides that were requested since it began: of others the beginning is not known.
        var known: Set<String> = []
        var position: String?
        var entries = 0
    }
    struct Findings: Sendable {
        let entries: Int
        let rides: Int
        let violations: [String]
    }

    private static let interval = Duration.milliseconds(500)
    private static let limit = 1000

    init(_ rides: RideHailing, mode: OfferMode) {
        self.rides = rides
        state = Mutex(State(checker: RideLogChecker(mode: mode)))
    }

    var findings: Findings {
        state.withLock { Findings(entries: $0.entries, rides: $0.known.count, violations: $0.checker.violations) }
    }

    /// What is there already is passed over.
    func skipToEnd() async throws(RideHailingError) {
        while true {
            let entries = try await rides.log(after: state.withLock { $0.position }, limit: Self.limit)
            guard let last = entries.last else { return }
            state.withLock { $0.position = last.position }
        }
    }

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            // Redis may be away; what is written stays.
            try? await readToEnd()
            try? await Task.sleep(for: Self.interval)
        }
    }

    func readToEnd() async throws(RideHailingError) {
        while true {
            let entries = try await rides.log(after: state.withLock { $0.position }, limit: Self.limit)
            guard let last = entries.last else { return }
            state.withLock { state in
                for entry in entries {
                    if entry.version == 1 { state.known.insert(entry.ride) }
                    guard state.known.contains(entry.ride) else { continue }
                    state.checker.check(entry)
                    state.entries += 1
                }
                state.position = last.position
            }
        }
    }
}
