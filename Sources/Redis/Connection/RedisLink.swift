import Logging
import NIOCore
import NIOPosix

/// What lies on a ``RedisLink``: a connection for commands, or one for subscriptions. All calls come on the event loop.
protocol RedisLinkOwner: AnyObject {
    /// Connected and greeted: bytes can be written.
    func linkOpened()
    func linkReceived(_ reply: RedisValue)
    /// The connection was lost, or an attempt to connect failed. The link is already on its way to the next attempt.
    func linkClosed(_ cause: RedisError)
}

/// Keeps one connection to a Redis node up: connects, authenticates, hands over replies, and connects again after a
/// loss, with jittered pauses. Lives on its event loop.
final class RedisLink {
    private enum State {
        case idle
        case connecting
        case greeting(RedisLinkHandler, any Channel, repliesLeft: Int, deadline: Scheduled<Void>)
        case open(RedisLinkHandler, any Channel, since: NIODeadline)
        case pausing(Scheduled<Void>)
        case closed
    }

    let configuration: RedisConfiguration
    let eventLoop: any EventLoop
    private let logger: Logger
    private weak var owner: (any RedisLinkOwner)?
    private var state = State.idle
    private var backoff: ReconnectBackoff
    private var random = SystemRandomNumberGenerator()
    /// Why the node cannot be used now; nil while it can.
    private(set) var failure: RedisError?

    init(configuration: RedisConfiguration, eventLoop: any EventLoop, logger: Logger) {
        (self.configuration, self.eventLoop, self.logger) = (configuration, eventLoop, logger)
        backoff = ReconnectBackoff(maximum: TimeAmount(configuration.maximumReconnectDelay))
    }

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    func start(for owner: any RedisLinkOwner) {
        self.owner = owner
        if case .idle = state { connect() }
    }

    /// Writes in one system call where the socket allows it.
    func write(_ bytes: ByteBuffer) {
        guard case .open(_, let channel, _) = state else { return }
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Gives this connection up and makes a new one.
    func reset(_ cause: RedisError) {
        let previous = state
        switch previous {
        case .idle, .pausing, .closed: return
        case .open(_, _, let since) where since + .seconds(1) < .now(): backoff.reset()
        case .connecting, .greeting, .open: break
        }
        if failure == nil {
            logger.warning("Redis connection lost", metadata: ["address": "\(configuration.address)", "error": "\(cause)"])
        }
        failure = cause
        pause()
        release(previous)
        owner?.linkClosed(cause)
    }

    /// Closes for good. Nothing is reported any more.
    func close() {
        let previous = state
        state = .closed
        release(previous)
    }

    /// For a state that is no longer the present one: closing a channel tells its handler at once, and so this link.
    private func release(_ previous: State) {
        switch previous {
        case .greeting(_, let channel, _, let deadline):
            deadline.cancel()
            channel.close(promise: nil)
        case .open(_, let channel, _): channel.close(promise: nil)
        case .pausing(let attempt): attempt.cancel()
        case .idle, .connecting, .closed: break
        }
    }

    private func pause() {
        state = .pausing(
            eventLoop.assumeIsolated().scheduleTask(in: backoff.next(using: &random)) { [weak self] in self?.connect() })
    }

    private func connect() {
        if case .closed = state { return }
        state = .connecting
        let isolated = NIOLoopBound(self, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectDeadline))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { [size = configuration.maximumReplySize] channel in
                // Each channel has its own: a host with several addresses is tried on several channels at a time.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RedisLinkHandler(link: isolated.value, maximumReplySize: size))
                }
            }
        let connecting =
            switch configuration.address {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        connecting.assumeIsolated().whenComplete { [weak self] result in
            guard let self, case .connecting = self.state else {
                if case .success(let channel) = result { channel.close(promise: nil) }
                return
            }
            do {
                let channel = try result.get()
                self.greet(try channel.pipeline.syncOperations.handler(type: RedisLinkHandler.self), channel)
            } catch {
                self.reset(self.unreachable("cannot connect", cause: error))
            }
        }
    }

    /// Authenticates, chooses the database and asks for a sign of life, in one write.
    private func greet(_ handler: RedisLinkHandler, _ channel: any Channel) {
        var greeting: [RedisCommand] = []
        if let password = configuration.password {
            greeting.append(
                configuration.username.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password))
        }
        if configuration.database != 0 { greeting.append(RedisCommand("SELECT", configuration.database)) }
        greeting.append(RedisCommand("PING"))
        greeting.append(RedisCommand("CLIENT", "SETNAME", configuration.clientName))
        let deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.connectDeadline)) { [weak self] in
            guard let self, case .greeting(let current, _, _, _) = self.state, current === handler else { return }
            self.reset(self.unreachable("no answer to the greeting"))
        }
        state = .greeting(handler, channel, repliesLeft: greeting.count, deadline: deadline)
        channel.writeAndFlush(
            greeting.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1.encoded) }, promise: nil)
    }

    func received(_ reply: RedisValue, from handler: RedisLinkHandler) {
        switch state {
        case .open(let current, _, _) where current === handler:
            owner?.linkReceived(reply)
        case .greeting(let current, let channel, let repliesLeft, let deadline) where current === handler:
            // The last is the name: a user who may not set it is welcome all the same.
            if repliesLeft > 1, case .error(let error) = reply {
                // Also LOADING: a server that still reads its data is not there yet.
                return reset(RedisError(.notConnected, execution: .notSent, message: "the server refused the greeting: \(error)"))
            }
            guard repliesLeft == 1 else {
                state = .greeting(handler, channel, repliesLeft: repliesLeft - 1, deadline: deadline)
                return
            }
            deadline.cancel()
            state = .open(handler, channel, since: .now())
            if failure != nil { logger.info("Redis connection restored", metadata: ["address": "\(configuration.address)"]) }
            failure = nil
            owner?.linkOpened()
        default: break
        }
    }

    func ended(_ handler: RedisLinkHandler, cause: (any Error)?) {
        switch state {
        case .open(let current, _, _) where current === handler, .greeting(let current, _, _, _) where current === handler:
            if let violation = cause as? ProtocolViolation {
                reset(RedisError(.protocolViolation, execution: .mayHaveBeenExecuted, message: violation.reason))
            } else {
                reset(unreachable("connection closed", cause: cause))
            }
        default: break
        }
    }

    private func unreachable(_ message: String, cause: (any Error)? = nil) -> RedisError {
        RedisError(.notConnected, execution: .notSent, message: "\(configuration.address): \(message)", cause: cause)
    }
}
