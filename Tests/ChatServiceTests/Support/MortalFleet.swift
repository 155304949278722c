import EmbeddedRedis
import Foundation
import Synchronization
import TestSupport

/// Servers that are killed, and replaced by others.
final class MortalFleet: Sendable {
    private let arguments: [String]
    private let state: Mutex<State>

    private struct State {
        var places: [RunningService?]
        /// What was done to processes that may end now.
        var ended: [Int32: Int32] = [:]
        var faults: [String] = []
        var starts = 0
    }

    init(of count: Int, _ arguments: [String]) {
        self.arguments = arguments
        state = Mutex(State(places: Array(repeating: nil, count: count)))
    }

    /// Those that run, as far as it is known.
    var services: [RunningService] { state.withLock { $0.places.compactMap { $0 } } }
    /// How many servers there have been.
    var starts: Int { state.withLock { $0.starts } }
    /// How servers ended that should not have, or not in this way.
    var faults: [String] { state.withLock { $0.faults } }

    func pick(_ random: inout SeededGenerator) -> RunningService? { services.randomElement(using: &random) }

    /// Keeps a server in each place until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            for place in state.withLock({ $0.places.indices }) { group.addTask { await self.keep(place) } }
        }
    }

    private func keep(_ place: Int) async {
        while !Task.isCancelled {
            do {
                try await withService(.chat, arguments) { service in
                    state.withLock { state in
                        state.places[place] = service
                        state.starts += 1
                    }
                    while service.program.ended == nil, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
                    note(place, service)
                }
            } catch {
                if !Task.isCancelled { state.withLock { $0.faults.append("\(error)") } }
            }
        }
    }

    private func note(_ place: Int, _ service: RunningService) {
        let (end, errors) = (service.program.ended, service.program.standardError)
        state.withLock { state in
            state.places[place] = nil
            guard let end else { return }
            let isExpected =
                switch state.ended[service.program.processIdentifier] {
                case SIGKILL?: end == .signal(SIGKILL)
                case SIGTERM?: end == .code(0)
                default: false
                }
            if !isExpected { state.faults.append("a server ended with \(end): \(errors.suffix(1000))") }
        }
    }

    /// Ends one, in good order or not; another one comes in its place.
    func end(with signal: Int32, _ random: inout SeededGenerator) {
        guard let service = pick(&random) else { return }
        let isFirst = state.withLock { state in
            // One that stops in good order takes its time.
            guard state.ended[service.program.processIdentifier] == nil else { return false }
            state.ended[service.program.processIdentifier] = signal
            return true
        }
        if isFirst { service.program.signal(signal) }
    }

    /// Lets one stand still for a while.
    func pause(for time: Duration, _ random: inout SeededGenerator) async throws {
        guard let service = pick(&random) else { return }
        service.program.signal(SIGSTOP)
        defer { service.program.signal(SIGCONT) }
        try await Task.sleep(for: time)
    }
}
