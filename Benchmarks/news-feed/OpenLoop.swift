import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks at fixed moments, whether or not earlier requests have been answered. Latency counts from the moment at which a request
/// was to be sent: one that waits for a connection because others are slow waits for the server.
///
/// Everything happens on one event loop.
final class OpenLoop {
    struct Plan: Sendable {
        let host: String
        let port: Int
        let path: String
        let readers: Int
        /// Per second.
        let rate: Int
        let connections: Int
        /// Requests that are not counted, and those that are.
        let warmUp: Int
        let counted: Int
        /// So many posts a page has.
        let items: Int
    }

    /// - Returns: microseconds, of each request that is counted; -1: its answer was wrong.
    static func run(_ plan: Plan, on eventLoop: any EventLoop) async throws -> [Int] {
        try await eventLoop.flatSubmit {
            let load = OpenLoop(plan, on: eventLoop)
            return load.connect().assumeIsolated().flatMap { load.start() }.nonisolated()
        }.get()
    }

    private let plan: Plan
    private let eventLoop: any EventLoop
    private let done: EventLoopPromise<[Int]>
    private var idle: CircularBuffer<FeedConnection> = []
    /// Requests that wait for a connection.
    private var waiting: CircularBuffer<Int> = []
    private var next = 0
    private var startedAt = NIODeadline.now()
    private var latencies: [Int] = []
    private var answered = 0

    private init(_ plan: Plan, on eventLoop: any EventLoop) {
        (self.plan, self.eventLoop) = (plan, eventLoop)
        done = eventLoop.makePromise()
        latencies.reserveCapacity(plan.counted)
    }

    private func connect() -> EventLoopFuture<Void> {
        let load = NIOLoopBound(self, eventLoop: eventLoop)
        let connections = (0..<plan.connections).map { _ in
            ClientBootstrap(group: eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(FeedConnection(load.value))
                    }
                }
                .connect(host: plan.host, port: plan.port).map { _ in }
        }
        return EventLoopFuture.andAllSucceed(connections, on: eventLoop)
    }

    private func start() -> EventLoopFuture<[Int]> {
        startedAt = .now() + .milliseconds(10)
        schedule()
        // Who is not answered by then is not answered.
        let seconds = (plan.warmUp + plan.counted) / plan.rate + 30
        eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) { self.fail(LoadError.unanswered) }
        return done.futureResult
    }

    private func schedule() {
        guard next < plan.warmUp + plan.counted else { return }
        eventLoop.assumeIsolated().scheduleTask(deadline: moment(of: next)) { self.sendDue() }
    }

    /// When a request is to be sent.
    private func moment(of request: Int) -> NIODeadline {
        startedAt + .nanoseconds(Int64(request) * 1_000_000_000 / Int64(plan.rate))
    }

    private func sendDue() {
        let now = NIODeadline.now()
        while next < plan.warmUp + plan.counted, moment(of: next) <= now {
            if let connection = idle.popFirst() { connection.ask(plan, request: next) } else { waiting.append(next) }
            next += 1
        }
        schedule()
    }

    func connected(_ connection: FeedConnection) { idle.append(connection) }

    func answered(_ request: Int, isRight: Bool, on connection: FeedConnection) {
        if request >= plan.warmUp {
            latencies.append(isRight ? Int((NIODeadline.now() - moment(of: request)).nanoseconds / 1000) : -1)
        }
        answered += 1
        if answered == plan.warmUp + plan.counted { return done.succeed(latencies) }
        if let request = waiting.popFirst() { connection.ask(plan, request: request) } else { idle.append(connection) }
    }

    func fail(_ error: any Error) { done.fail(error) }
}

enum LoadError: Error {
    /// The service has closed a connection.
    case closed
    case unanswered
}
