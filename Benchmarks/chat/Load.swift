import NIOCore
import NIOPosix

/// The groups of one event loop, and what they say to each other.
final class Load {
    /// How messages follow one another.
    enum Pace: Sendable {
        /// In each group so many are under way at any time.
        case window(Int)
        /// So many a second, at fixed moments, whatever became of earlier ones.
        case rate(Double)
        /// So many, once.
        case once(Int)
    }

    struct Tally: Sendable {
        var messages = 0
        /// To others than senders.
        var deliveries = 0
        /// Microseconds from when a message was to be sent until one of the others received it.
        var latencies: [UInt32] = []
    }

    private let eventLoop: any EventLoop
    private var groups: [MemberGroup] = []
    private var pace = Pace.window(0)
    private var (start, end) = (NIODeadline.now(), NIODeadline.now())
    private var tally = Tally()
    private var unsettled = 0
    private var isSending = false
    private var done: EventLoopPromise<Tally>?
    private var failure: (any Error)?

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    // MARK: Connecting

    /// Connects the members of a group from one to another.
    func connect(_ number: Int, _ plan: Clients.Plan, members: Range<Int>) -> EventLoopFuture<Void> {
        let group: MemberGroup
        if members.lowerBound == 0 {
            group = MemberGroup(number, members: plan.members, plan.dialect, self)
            groups.append(group)
        } else {
            group = groups[groups.count - 1]
        }
        let connected = members.map { member in
            let endpoint = plan.endpoints[member % plan.endpoints.count]
            let ready = eventLoop.makePromise(of: Void.self)
            let connection = MemberConnection(member, of: group, at: endpoint, ready: ready)
            group.connections.append(connection)
            let handler = NIOLoopBound(connection, eventLoop: eventLoop)
            ClientBootstrap(group: eventLoop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connectTimeout(.seconds(30))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
                }
                .connect(host: endpoint.host, port: endpoint.port)
                .whenFailure { ready.fail($0) }
            return ready.futureResult
        }
        return EventLoopFuture.andAllSucceed(connected, on: eventLoop)
    }

    // MARK: Messages

    /// - Returns: what came of it, once every message has reached everybody.
    func converse(_ pace: Pace, for duration: TimeAmount) -> EventLoopFuture<Tally> {
        let done = eventLoop.makePromise(of: Tally.self)
        if let failure {
            done.fail(failure)
            return done.futureResult
        }
        (self.pace, self.done, tally, isSending) = (pace, done, Tally(), true)
        start = .now()
        end = start + duration
        switch pace {
        case .window(let size): for _ in 0..<size { for group in groups { send(from: group, due: .now()) } }
        case .rate: sendDue()
        case .once(let count):
            for number in 0..<count { send(from: groups[number % groups.count], due: .now()) }
            isSending = false
        }
        eventLoop.assumeIsolated().scheduleTask(in: duration + .seconds(20)) {
            if self.done?.futureResult === done.futureResult {
                self.fail(ClientError.late("\(self.unsettled) messages are under way"))
            }
        }
        return done.futureResult
    }

    private func send(from group: MemberGroup, due: NIODeadline) {
        tally.messages += 1
        unsettled += 1
        group.send(due: due)
    }

    private func sendDue() {
        guard case .rate(let rate) = pace, done != nil else { return }
        let now = NIODeadline.now()
        func moment(_ number: Int) -> NIODeadline { start + .nanoseconds(Int64(Double(number) * 1e9 / rate)) }
        while moment(tally.messages) <= now, moment(tally.messages) < end {
            send(from: groups[tally.messages % groups.count], due: moment(tally.messages))
        }
        let next = moment(tally.messages)
        guard next < end else {
            isSending = false
            return finishIfDone()
        }
        eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.sendDue() }
    }

    func delivered(at now: NIODeadline, due: NIODeadline) {
        tally.deliveries += 1
        tally.latencies.append(UInt32(clamping: (now - due).nanoseconds / 1000))
    }

    func settled(_ group: MemberGroup) {
        unsettled -= 1
        if case .window = pace, isSending {
            let now = NIODeadline.now()
            if now < end { return send(from: group, due: now) }
            isSending = false
        }
        finishIfDone()
    }

    private func finishIfDone() {
        guard !isSending, unsettled == 0, let done else { return }
        self.done = nil
        done.succeed(tally)
    }

    func fail(_ error: any Error) {
        failure = failure ?? error
        done?.fail(error)
        done = nil
    }

    /// - Throws: what has gone wrong since, such as a message that came twice.
    func check() throws { if let failure { throw failure } }
}
