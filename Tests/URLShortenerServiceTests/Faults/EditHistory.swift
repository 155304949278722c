import Synchronization
import TestSupport
import Testing

/// The versions of one link, when each was acknowledged, and what visitors saw of them.
final class EditHistory: Sendable {
    private struct State {
        /// The version that holds from a moment on.
        var edits: [(version: Int, since: ContinuousClock.Instant)] = [(0, .now)]
        var seen = 0
        var stale: [String] = []
    }

    private let state = Mutex(State())
    private let bound: Duration

    /// - Parameter bound: how long after an edit an older version may be served.
    init(bound: Duration) {
        self.bound = bound
    }

    var staleAnswers: [String] { state.withLock { $0.stale } }

    /// Notes that an edit was acknowledged. A deletion is the greatest version.
    func note(_ version: Int) {
        state.withLock { $0.edits.append((version, .now)) }
    }

    /// Waits for so many more answers.
    func isSeen(in answers: Int) async throws {
        let before = state.withLock { $0.seen }
        try await eventually("visitors go on", within: .seconds(30)) { state.withLock { $0.seen } >= before + answers }
    }

    /// Visits the link, whose URL ends in its version, until it is gone.
    func follow(_ id: String, at service: RunningService, headers: [(String, String)]) async throws {
        let connection = try await service.connect()
        while true {
            let asked = ContinuousClock.now
            let reply = try await connection.request("GET", "/\(id)", headers: headers)
            let version: Int
            switch reply.status {
            case 302:
                guard let number = reply["Location"]?.split(separator: "/").last.flatMap({ Int($0) }) else {
                    throw UnexpectedReply(reply)
                }
                version = number
            case 410: version = .max
            default: throw UnexpectedReply(reply)
            }
            let isLate = state.withLock { state in
                state.seen += 1
                let needed = state.edits.last { $0.since + bound < asked }?.version ?? 0
                if version < needed { state.stale.append("\(version) instead of \(needed) at port \(service.port)") }
                return version < needed
            }
            if version == .max || isLate { return }
        }
    }
}
