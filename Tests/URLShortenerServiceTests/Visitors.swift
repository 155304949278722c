import Synchronization
import TestSupport
import Testing

/// Clients that follow links without pause, each on a connection of its own: one half on the hot path, the other through the
/// router. They note when each visit was answered.
final class Visitors: Sendable {
    private let answers = Mutex<[ContinuousClock.Instant]>([])
    private let refusals = Mutex<[Int: Int]>([:])
    private let isStopped = Atomic(false)

    private init() {}

    /// How many visits were redirected so far.
    var redirected: Int { answers.withLock { $0.count } }
    /// How many were answered with another status.
    var refused: [Int: Int] { refusals.withLock { $0 } }

    /// How many were redirected before a moment.
    func redirected(before moment: ContinuousClock.Instant) -> Int {
        answers.withLock { answers in answers.count { $0 < moment } }
    }

    func keepsOn(by count: Int = 100, within limit: Duration = .seconds(30)) async throws {
        let before = redirected
        try await eventually("visitors are redirected", within: limit) { redirected >= before + count }
    }

    /// Runs a body while clients visit links of one instance.
    /// - Parameter endsEarly: the instance is killed: then a lost connection is the end, and no failure.
    @discardableResult
    static func visit(
        _ ids: [String], at service: RunningService, clients: Int = 4, endsEarly: Bool = false,
        _ body: (Visitors) async throws -> Void
    ) async throws -> Visitors {
        let visitors = Visitors()
        let tasks = (0..<clients).map { client in
            Task {
                do {
                    try await visitors.visit(ids, at: service, isHot: client % 2 == 0)
                } catch let error where endsEarly && !(error is UnexpectedReply) {}
            }
        }
        do { try await body(visitors) } catch {
            visitors.isStopped.store(true, ordering: .relaxed)
            for task in tasks { _ = await task.result }
            throw error
        }
        visitors.isStopped.store(true, ordering: .relaxed)
        for task in tasks { try await task.value }
        return visitors
    }

    private func visit(_ ids: [String], at service: RunningService, isHot: Bool) async throws {
        let connection = try await service.connect()
        var round = 0
        while !isStopped.load(ordering: .relaxed) {
            let reply = try await connection.request(
                "GET", "/\(ids[round % ids.count])", headers: isHot ? [] : [("TE", "trailers")])
            switch reply.status {
            case 302: answers.withLock { $0.append(.now) }
            case 404, 410, 503: refusals.withLock { $0[reply.status, default: 0] += 1 }
            default: throw UnexpectedReply(reply)
            }
            round += 1
        }
    }
}
