import NIOCore

/// Calls something at fixed moments, whatever has become of earlier calls: who is late is not waited for.
///
/// Everything happens on one event loop.
final class Pace {
    private let eventLoop: any EventLoop
    /// Per second.
    private let rate: Int
    private var count: Int
    private let body: (_ number: Int, _ due: NIODeadline) -> Void
    private var startedAt = NIODeadline.now()
    private var next = 0

    private let tick: TimeAmount

    /// - Parameter tick: calls that are due within so long are made together, late by that.
    init(
        _ rate: Int, count: Int = .max, tick: TimeAmount = .zero, on eventLoop: any EventLoop,
        _ body: @escaping (Int, NIODeadline) -> Void
    ) {
        (self.rate, self.count, self.tick, self.eventLoop, self.body) = (rate, count, tick, eventLoop, body)
    }

    func start() {
        startedAt = .now() + .milliseconds(1)
        schedule()
    }

    func stop() { count = next }

    private func schedule() {
        guard next < count else { return }
        eventLoop.assumeIsolated().scheduleTask(deadline: max(moment(of: next), .now() + tick)) { self.callDue() }
    }

    private func moment(of number: Int) -> NIODeadline {
        startedAt + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(rate))
    }

    private func callDue() {
        let now = NIODeadline.now()
        while next < count, moment(of: next) <= now {
            body(next, moment(of: next))
            next += 1
        }
        schedule()
    }
}
