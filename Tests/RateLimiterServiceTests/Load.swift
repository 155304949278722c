import Synchronization
import TestSupport
import Testing

/// Clients that check without pause, each on a connection of its own: one half on the hot path, the other through the router.
final class Load: Sendable {
    struct Tally: Sendable {
        var admitted = 0
        var refused = 0
        var deciders: [String: Int] = [:]
        var elapsed: Duration = .zero

        var answers: Int { admitted + refused }
        func decided(by decider: String) -> Int { deciders[decider, default: 0] }
    }

    private let tally = Mutex(Tally())
    private let isStopped = Atomic(false)
    private let policy: String
    private let key: String

    private init(policy: String, key: String) {
        (self.policy, self.key) = (policy, key)
    }

    /// What the clients have been told so far.
    var current: Tally { tally.withLock { $0 } }

    /// Runs a body under load. Each client is of one instance, in turn. A wrong answer or a lost connection is an error.
    /// - Returns: what the clients were told altogether, and the time from before the first question to after the last answer.
    static func run(
        on services: [RunningService], clients: Int, policy: String, key: String,
        _ body: @Sendable @escaping (Load) async throws -> Void
    ) async throws -> Tally {
        let load = Load(policy: policy, key: key)
        var connections: [HTTPConnection] = []
        for index in 0..<clients { connections.append(try await services[index % services.count].connect()) }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for (index, connection) in connections.enumerated() {
                group.addTask { try await load.ask(on: connection, isHot: index / services.count % 2 == 0) }
            }
            defer { load.isStopped.store(true, ordering: .relaxed) }
            try await body(load)
            load.isStopped.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        var tally = load.current
        tally.elapsed = ContinuousClock.now - start
        return tally
    }

    private func ask(on connection: HTTPConnection, isHot: Bool) async throws {
        let body = #"{"policy":"\#(policy)","key":"\#(key)"}"#
        while !isStopped.load(ordering: .relaxed) {
            let reply =
                isHot
                ? try await connection.request("GET", "/v1/check/\(policy)/\(key)")
                : try await connection.request("POST", "/v1/check", body: body)
            let answer: CheckAnswerBody = try reply.json()
            try #require(reply.status == (answer.allowed ? 200 : 429), "\(reply)")
            try #require(["redis", "memory", "local", "failure-rule"].contains(answer.decidedBy), "\(reply)")
            try #require(answer.policy == policy && (0...answer.limit).contains(answer.remaining), "\(reply)")
            try #require((reply["Retry-After"] != nil) == !answer.allowed, "\(reply)")
            tally.withLock { tally in
                if answer.allowed { tally.admitted += 1 } else { tally.refused += 1 }
                tally.deciders[answer.decidedBy, default: 0] += 1
            }
        }
    }
}
