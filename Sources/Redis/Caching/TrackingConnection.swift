import Logging
import NIOCore

/// A connection that hears of writes to keys with a prefix; made anew after each loss.
final class TrackingConnection: Sendable {
    private let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<TrackingConnectionCore>

    /// - Parameter listener: called on the event loop, in the order of what happened.
    init(
        configuration: RedisConfiguration, prefix: String, eventLoop: any EventLoop, logger: Logger,
        listener: @escaping @Sendable (TrackingEvent) -> Void
    ) {
        self.eventLoop = eventLoop
        core = .makeBoxSendingValue(
            TrackingConnectionCore(
                configuration: configuration, prefix: prefix, eventLoop: eventLoop, logger: logger, listener: listener),
            eventLoop: eventLoop)
        eventLoop.execute { [core] in core.value.start() }
    }

    /// Ends it. The listener is told of the loss, and of nothing after that.
    func close() async {
        await withCheckedContinuation { continuation in
            eventLoop.execute { [core] in
                core.value.close()
                continuation.resume()
            }
        }
    }
}

/// The part of ``TrackingConnection`` that lives on the event loop: does what ``TrackingState`` says.
final class TrackingConnectionCore: RedisLinkOwner {
    private let link: RedisLink
    private let prefix: String
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let listener: (TrackingEvent) -> Void
    private var state: TrackingState
    private var timer: RepeatingTimer?
    /// Until it works again, so as not to say it each second.
    private var hasComplained = false

    init(
        configuration: RedisConfiguration, prefix: String, eventLoop: any EventLoop, logger: Logger,
        listener: @escaping (TrackingEvent) -> Void
    ) {
        (self.prefix, self.eventLoop, self.logger, self.listener) = (prefix, eventLoop, logger, listener)
        state = TrackingState(stallDeadline: TimeAmount(configuration.stallDeadline))
        var configuration = configuration
        configuration.clientName += "-cache"
        link = RedisLink(configuration: configuration, eventLoop: eventLoop, logger: logger)
    }

    func start() {
        link.start(for: self)
        timer = RepeatingTimer(every: TrackingState.pingInterval, on: eventLoop) { [weak self] in
            guard let self else { return }
            self.perform(self.state.tick(now: .now()))
        }
    }

    func close() {
        timer?.cancel()
        link.close()
        perform(state.closed())
    }

    func linkOpened() {
        perform(state.opened(now: .now()))
    }

    func linkReceived(_ reply: RedisValue) {
        perform(state.received(reply, now: .now()))
    }

    func linkClosed(_ cause: RedisError) {
        perform(state.closed())
    }

    private func perform(_ actions: [TrackingState.Action]) {
        for action in actions {
            switch action {
            case .askIdentifier: link.write(RedisCommand("CLIENT", "ID").encoded)
            case .track(let identifier):
                link.write(
                    RedisCommand("CLIENT", "TRACKING", "ON", "REDIRECT", identifier, "BCAST", "PREFIX", prefix).encoded)
                link.write(RedisCommand("SUBSCRIBE", TrackingState.channel).encoded)
            case .ping: link.write(RedisCommand("PING").encoded)
            case .tell(let event):
                if event == .began { hasComplained = false }
                listener(event)
            case .complain(let error): complain(error)
            case .giveUp(let reason): link.reset(RedisError(.connectionLost, execution: .notSent, message: reason))
            }
        }
    }

    private func complain(_ error: String) {
        guard !hasComplained else { return }
        hasComplained = true
        logger.error(
            "Redis refuses to tell of writes: nothing is cached", metadata: ["prefix": "\(prefix)", "error": "\(error)"])
    }
}
