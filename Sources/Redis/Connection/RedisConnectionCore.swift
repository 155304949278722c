import Logging
import NIOCore

/// The part of ``RedisConnection`` that lives on the event loop: what waits, what is written, who is answered.
///
/// Commands of one turn of the event loop are gathered and go out in one write; replies are matched in order.
final class RedisConnectionCore: RedisLinkOwner {
    private let link: RedisLink
    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// Ends with its first loss, since what the server kept for it (`WATCH`, `MULTI`) is lost too.
    private let isDedicated: Bool

    private var breaker: CircuitBreaker
    private var metrics = CommandMetrics()
    /// Written, waiting for replies.
    private var pending = PendingReplies()
    /// Accepted while there is no connection.
    private var waiting = PendingReplies()
    private var outgoing = ByteBufferAllocator().buffer(capacity: 16 << 10)
    /// How many of the last in `pending` lie in `outgoing` still: these have not been sent.
    private var unsent = 0
    private var expiry: (timer: Scheduled<Void>, at: NIODeadline)?
    private var housekeeping: RepeatingTimer?
    private var lastReply = NIODeadline.now()
    private var lastLeft: NIODeadline?
    private var wasOpened = false
    /// Why nothing is accepted any more.
    private var ended: (code: RedisError.Code, message: String)?

    private static let idlePingInterval = TimeAmount.seconds(5)
    /// What a burst has made larger is given back.
    private static let keptOutgoing = 1 << 20

    init(configuration: RedisConfiguration, eventLoop: any EventLoop, logger: Logger, isDedicated: Bool) {
        (self.configuration, self.eventLoop, self.logger) = (configuration, eventLoop, logger)
        self.isDedicated = isDedicated
        link = RedisLink(configuration: configuration, eventLoop: eventLoop, logger: logger)
        breaker = CircuitBreaker(threshold: configuration.failuresToOpenCircuit)
    }

    func start() {
        guard housekeeping == nil, ended == nil else { return }
        link.start(for: self)
        housekeeping = RepeatingTimer(every: CircuitBreaker.probeInterval, on: eventLoop) { [weak self] in self?.keepHouse() }
    }

    /// Why the node cannot be used now; nil while it can.
    var failure: RedisError? {
        if let ended { return RedisError(ended.code, execution: .notSent, message: ended.message) }
        if let failure = link.failure { return failure }
        if !link.isOpen {
            return RedisError(.notConnected, execution: .notSent, message: "\(configuration.address): no connection yet")
        }
        return breaker.isOpen
            ? RedisError(.circuitOpen, execution: .notSent, message: "\(configuration.address) does not answer in time") : nil
    }

    // MARK: Commands

    func execute(_ command: RedisCommand, within time: TimeAmount?, waiter: ReplyWaiter) {
        let now = NIODeadline.now()
        let entry = PendingReplies.Entry(
            command: command, writtenAt: now, deadline: now + (time ?? TimeAmount(configuration.deadline)), waiter: waiter)
        if let refusal = refusal(ofCommands: 1) { return fail(entry, refusal.code, refusal.message) }
        accept(entry)
    }

    /// Commands that follow one another on the connection. None is sent again by itself, since that would tear them apart;
    /// for the same reason the first call of each script brings its source along.
    func execute(_ commands: [RedisCommand], within time: TimeAmount?, waiters: [ReplyWaiter]) {
        let now = NIODeadline.now()
        let deadline = now + (time ?? TimeAmount(configuration.deadline))
        let refusal = refusal(ofCommands: commands.count)
        var known: Set<String> = []
        for (var command, waiter) in zip(commands, waiters) {
            command.isIdempotent = false
            if let call = command.script, known.insert(call.digest).inserted { command = call.withSource(isIdempotent: false) }
            let entry = PendingReplies.Entry(command: command, writtenAt: now, deadline: deadline, waiter: waiter)
            if let refusal { fail(entry, refusal.code, refusal.message) } else { accept(entry) }
        }
    }

    func cancel(_ calls: Set<CallIdentifier>) {
        for entry in waiting.abandon(calls) { fail(entry, .cancelled, "the task was cancelled") }
        waiting.removeAbandoned()
        for entry in pending.abandon(calls) { fail(entry, .cancelled, "the task was cancelled", isSent: true) }
    }

    func close() {
        end(.closed, "the client was closed")
    }

    private func end(_ code: RedisError.Code, _ message: String) {
        guard ended == nil else { return }
        ended = (code, message)
        link.close()
        housekeeping?.cancel()
        expiry?.timer.cancel()
        expiry = nil
        for (entry, isSent) in takePending() { fail(entry, code, message, isSent: isSent) }
        for entry in waiting.removeAll() { fail(entry, code, message) }
    }

    private func takePending() -> [(entry: PendingReplies.Entry, isSent: Bool)] {
        let sent = pending.count - unsent
        unsent = 0
        outgoing.clear()
        return pending.removeAll().enumerated().map { ($0.element, $0.offset < sent) }
    }

    private func refusal(ofCommands count: Int) -> (code: RedisError.Code, message: String)? {
        if let ended { return ended }
        if breaker.isOpen { return (.circuitOpen, failure?.message ?? "the node is failing") }
        if pending.count + waiting.count + count > configuration.maximumPendingCommands {
            return (.overloaded, "\(pending.count + waiting.count) commands wait already")
        }
        return nil
    }

    private func accept(_ entry: PendingReplies.Entry) {
        if link.isOpen { write(entry) } else { waiting.append(entry) }
        armExpiry(at: entry.deadline)
    }

    // MARK: Writing

    private func write(_ entry: PendingReplies.Entry) {
        outgoing.writeImmutableBuffer(entry.command.encoded)
        pending.append(entry)
        unsent += 1
        // Runs after all reads of this turn, so that what they cause goes out together.
        if unsent == 1 { eventLoop.assumeIsolated().execute { self.flush() } }
    }

    private func flush() {
        guard unsent > 0 else { return }
        unsent = 0
        link.write(outgoing)
        if outgoing.capacity > Self.keptOutgoing {
            outgoing = ByteBufferAllocator().buffer(capacity: 16 << 10)
        } else {
            // Keeps its memory when the socket took all of it.
            outgoing.clear()
        }
    }

    // MARK: Replies

    func linkReceived(_ reply: RedisValue) {
        let now = NIODeadline.now()
        lastReply = now
        // What has not been sent yet cannot have been answered.
        guard pending.count > unsent, let entry = pending.popFirst() else {
            return link.reset(
                RedisError(.protocolViolation, execution: .mayHaveBeenExecuted, message: "a reply that nothing asked for"))
        }
        metrics.recordReply(to: entry.command.name, after: now - entry.writtenAt)
        guard let waiter = entry.waiter else { return }
        breaker.recordSuccess()
        guard case .error(let error) = reply else { return waiter.finish(.success(reply)) }
        if error.kind == "NOSCRIPT", let call = entry.command.script {
            let command = call.withSource(isIdempotent: entry.command.isIdempotent)
            return accept(.init(command: command, writtenAt: now, deadline: entry.deadline, waiter: waiter))
        }
        let failure = RedisError(reply: error, command: entry.command.name)
        metrics.recordError(failure, of: entry.command.name)
        waiter.finish(.failure(failure))
        if error.kind == "READONLY" { leaveReplica(failure, now: now) }
    }

    /// The primary has become a replica, and the address may lead to another by now: connects anew, and no more than once
    /// a second.
    private func leaveReplica(_ failure: RedisError, now: NIODeadline) {
        guard !isDedicated, lastLeft.map({ $0 + .seconds(1) < now }) ?? true else { return }
        lastLeft = now
        link.reset(RedisError(.connectionLost, execution: .mayHaveBeenExecuted, message: failure.message))
    }

    private func fail(_ entry: PendingReplies.Entry, _ code: RedisError.Code, _ message: String, isSent: Bool = false) {
        guard let waiter = entry.waiter else { return }
        let execution = isSent || entry.wasSent ? RedisError.Execution.mayHaveBeenExecuted : .notSent
        let error = RedisError(code, execution: execution, command: entry.command.name, message: message)
        metrics.recordError(error, of: entry.command.name)
        waiter.finish(.failure(error))
    }

    // MARK: Connection

    func linkOpened() {
        wasOpened = true
        breaker.close()
        lastReply = .now()
        for entry in waiting.removeAll() where entry.waiter != nil { write(entry) }
    }

    func linkClosed(_ cause: RedisError) {
        if isDedicated && wasOpened { return end(.connectionLost, cause.message) }
        _ = breaker.recordFailure(now: .now())
        for (var entry, isSent) in takePending() where entry.waiter != nil {
            if isSent && !entry.command.isIdempotent {
                fail(entry, .connectionLost, cause.message, isSent: true)
            } else {
                entry.wasSent = entry.wasSent || isSent
                waiting.append(entry)
            }
        }
        if breaker.isOpen { failWaiting(cause.message) }
    }

    private func failWaiting(_ message: String) {
        for entry in waiting.removeAll() { fail(entry, .notConnected, message) }
    }

    // MARK: Time

    private func armExpiry(at deadline: NIODeadline) {
        if let expiry {
            guard deadline < expiry.at else { return }
            expiry.timer.cancel()
        }
        expiry = (eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in self?.expire() }, deadline)
    }

    private func expire() {
        expiry = nil
        let now = NIODeadline.now()
        let message = link.failure?.message ?? "no connection yet"
        for entry in waiting.expire(now: now) {
            noteFailure(now)
            fail(entry, .notConnected, message)
        }
        waiting.removeAbandoned()
        for entry in pending.expire(now: now) {
            noteFailure(now)
            fail(entry, .timedOut, "no reply in time", isSent: true)
        }
        if let next = [waiting.earliestDeadline(), pending.earliestDeadline()].compactMap({ $0 }).min() { armExpiry(at: next) }
    }

    private func noteFailure(_ now: NIODeadline) {
        guard breaker.recordFailure(now: now) else { return }
        logger.warning("Redis does not answer in time: circuit open", metadata: ["address": "\(configuration.address)"])
        keepHouse()
    }

    /// Probes an open circuit and an idle connection, and gives up one that has stalled.
    private func keepHouse() {
        let now = NIODeadline.now()
        guard link.isOpen else { return }
        if let deadline = pending.firstDeadline, deadline + TimeAmount(configuration.stallDeadline) < now {
            return link.reset(
                RedisError(.connectionLost, execution: .mayHaveBeenExecuted, message: "\(configuration.address) has stalled"))
        }
        let isIdle = pending.isEmpty && lastReply + Self.idlePingInterval < now
        guard breaker.takeProbe(now: now) || isIdle else { return }
        let probe = ReplyWaiter(call: nil, receiver: .callback { [weak self] result in self?.probed(result) })
        let deadline = now + TimeAmount(configuration.deadline)
        write(.init(command: RedisCommand("PING"), writtenAt: now, deadline: deadline, waiter: probe))
        armExpiry(at: deadline)
    }

    private func probed(_ result: Result<RedisValue, RedisError>) {
        guard case .success = result, breaker.isOpen else { return }
        breaker.close()
        logger.info("Redis answers again: circuit closed", metadata: ["address": "\(configuration.address)"])
    }
}
