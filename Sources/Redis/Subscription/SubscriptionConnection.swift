import Logging
import NIOCore

/// The connection that a client's subscriptions share. Made with the first of them; subscribes again after each loss.
final class SubscriptionConnection: Sendable {
    private let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<SubscriptionConnectionCore>

    init(configuration: RedisConfiguration, eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        core = .makeBoxSendingValue(
            SubscriptionConnectionCore(configuration: configuration, eventLoop: eventLoop, logger: logger),
            eventLoop: eventLoop)
    }

    func add(_ subscription: RedisSubscription) {
        eventLoop.execute { [core] in core.value.add(subscription) }
    }

    func remove(_ subscription: RedisSubscription) {
        eventLoop.execute { [core] in core.value.remove(subscription) }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            eventLoop.execute { [core] in
                core.value.close()
                continuation.resume()
            }
        }
    }
}

/// The part of ``SubscriptionConnection`` that lives on the event loop.
final class SubscriptionConnectionCore: RedisLinkOwner {
    private let link: RedisLink
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var registry = SubscriptionRegistry()
    private var housekeeping: RepeatingTimer?
    private var lastReply = NIODeadline.now()
    /// The server has refused something since the connection was made.
    private var isRefused = false
    private var isClosed = false

    /// A connection that is silent is asked this often whether it still lives, and given up after `stallDeadline`.
    private static let pingInterval = TimeAmount.seconds(1)

    init(configuration: RedisConfiguration, eventLoop: any EventLoop, logger: Logger) {
        (self.eventLoop, self.logger) = (eventLoop, logger)
        var configuration = configuration
        configuration.clientName += "-subscriptions"
        link = RedisLink(configuration: configuration, eventLoop: eventLoop, logger: logger)
    }

    func add(_ subscription: RedisSubscription) {
        guard !isClosed else { return subscription.finish() }
        start()
        let (channels, isConfirmed) = registry.add(subscription)
        if isConfirmed { subscription.deliver(.subscribed) }
        subscribe(to: channels)
    }

    func remove(_ subscription: RedisSubscription) {
        unsubscribe(from: registry.remove(subscription))
        subscription.finish()
    }

    func close() {
        isClosed = true
        housekeeping?.cancel()
        link.close()
        for subscription in registry.all { subscription.finish() }
    }

    private func start() {
        guard housekeeping == nil else { return }
        link.start(for: self)
        housekeeping = RepeatingTimer(every: Self.pingInterval, on: eventLoop) { [weak self] in self?.keepHouse() }
    }

    private func subscribe(to channels: [String]) {
        guard !channels.isEmpty, link.isOpen else { return }
        registry.sent(channels)
        link.write(RedisCommand("SUBSCRIBE", arguments: channels).encoded)
    }

    private func unsubscribe(from channels: [String]) {
        guard !channels.isEmpty, link.isOpen else { return }
        link.write(RedisCommand("UNSUBSCRIBE", arguments: channels).encoded)
    }

    func linkOpened() {
        lastReply = .now()
        isRefused = false
        subscribe(to: registry.channels)
    }

    func linkReceived(_ reply: RedisValue) {
        lastReply = .now()
        if case .error(let error) = reply {
            isRefused = true
            logger.error("Redis refused a subscription", metadata: ["error": "\(error)"])
        }
        // The answer to PING; before the first subscription it is a plain PONG.
        guard case .array(let parts) = reply, parts.count >= 3, let kind = try? String(redis: parts[0]),
            let channel = try? String(redis: parts[1])
        else { return }
        switch (kind, parts[2]) {
        case ("message", .bytes(let payload)):
            let message = RedisMessage(channel: channel, payload: payload)
            for subscription in registry.listeners(to: channel) { subscription.deliver(.message(message)) }
        case ("subscribe", _):
            for subscription in registry.confirm(channel) { subscription.deliver(.subscribed) }
        default: break
        }
    }

    func linkClosed(_ cause: RedisError) {
        for subscription in registry.interrupt() { subscription.deliver(.interrupted) }
    }

    private func keepHouse() {
        guard link.isOpen else { return }
        if lastReply + TimeAmount(link.configuration.stallDeadline) < .now() {
            link.reset(RedisError(.connectionLost, execution: .notSent, message: "the subscriptions' connection has stalled"))
        } else if isRefused, !registry.isConfirmed {
            // What may not be today may be allowed tomorrow.
            link.reset(RedisError(.connectionLost, execution: .notSent, message: "a subscription was refused"))
        } else if lastReply + Self.pingInterval < .now() {
            link.write(RedisCommand("PING").encoded)
        }
    }
}
