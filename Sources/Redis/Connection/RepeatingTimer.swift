import NIOCore

/// Calls an action again and again on its event loop, until cancelled. NIO's own repeated task wants a `Sendable` action.
final class RepeatingTimer {
    private let interval: TimeAmount
    private let eventLoop: any EventLoop
    private let action: () -> Void
    private var next: Scheduled<Void>?

    init(every interval: TimeAmount, on eventLoop: any EventLoop, action: @escaping () -> Void) {
        (self.interval, self.eventLoop, self.action) = (interval, eventLoop, action)
        schedule()
    }

    func cancel() {
        next?.cancel()
        next = nil
    }

    private func schedule() {
        next = eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
            guard let self, self.next != nil else { return }
            self.schedule()
            self.action()
        }
    }
}
