import NIOCore

/// Drivers on the way, and riders who look for them.
///
/// Everything happens on one event loop.
final class PositionLoad {
    private final class Failure {
        var error: (any Error)?
        var told: ((any Error) -> Void)?

        func note(_ error: any Error) {
            self.error = self.error ?? error
            told?(error)
        }
    }

    let fleet: Fleet
    let queries: NearbyQueries
    private let requester: HTTPRequester
    private let failure: Failure

    init(_ plan: Fleet.Plan, on eventLoop: any EventLoop) {
        let failure = Failure()
        self.failure = failure
        // Who is available and not asked for anything is told nothing.
        fleet = Fleet(plan, on: eventLoop) { _, text in
            failure.note(LoadError.unexpected(String(decoding: text, as: UTF8.self)))
        } failed: {
            failure.note($0)
        }
        requester = HTTPRequester(plan.endpoint, on: eventLoop) { failure.note($0) }
        queries = NearbyQueries(requester, on: eventLoop)
        failure.told = { [queries] in queries.fail($0) }
    }

    func connect(queryConnections: Int) -> EventLoopFuture<Void> {
        fleet.connect().assumeIsolated().flatMap { self.requester.connect(queryConnections) }.nonisolated()
    }

    /// - Throws: what has gone wrong so far.
    func check() throws { if let error = failure.error { throw error } }
}
