import NIOCore

/// One WebSocket: frames in, frames out, and its end. Whatever else stands in the channel's pipeline has no part in it any more.
final class WebSocketHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let endpoint: WebSocketEndpoint
    private let loop: WebSocketLoop
    private var context: ChannelHandlerContext?
    private var session: (any WebSocketSession)?

    private var unread = ByteBuffer()
    private var assembly = MessageAssembly()
    private var queue = OutboundQueue()
    private var closing = Closing()
    private var times: Timetable
    private var end: WebSocketEnd?

    private var timer = 0
    /// When the socket took something of the queue, or the queue began to wait for it.
    private var lastProgress = 0

    private var isPaused = false
    private var readIsHeldBack = false
    private var isFlushing = false
    private var isTurnEndAwaited = false
    private var isCounted = false
    private var isGone = false

    /// Bytes that wait before the end of the turn is not waited for.
    private static let hurry = 32 << 10
    private static let stopping = "The server stops."

    private var configuration: WebSocketConfiguration { endpoint.route.configuration }

    init(_ endpoint: WebSocketEndpoint, loop: WebSocketLoop) {
        (self.endpoint, self.loop) = (endpoint, loop)
        loop.catchUp()
        let configuration = endpoint.route.configuration
        let interval = loop.turns(configuration.pingInterval)
        // A little less for some than for others, so that those who came together are not pinged together.
        times = Timetable(
            now: loop.now, pingAfter: interval - Int.random(in: 0...(interval / 4)),
            silentAfter: loop.turns(configuration.silenceLimit))
    }

    /// The upgrade has been answered: from here on frames are spoken.
    func open(_ request: WebSocketRequest) {
        guard let context else { return }
        isCounted = true
        endpoint.connections.opened()
        setTimer(loop.now + times.pingAfter)
        session = endpoint.route.open(WebSocketConnection(user: request.user, channel: context.channel, handler: self), request)
        // The client may be gone by now, or the application may have closed it at once.
        if end != nil { awaitTurnEnd() }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isGone = true
        finish(.lost)
        self.context = nil
        (unread, assembly) = (ByteBuffer(), MessageAssembly())
    }

    // MARK: Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        times.heard(at: loop.now)
        var bytes = unwrapInboundIn(data)
        guard unread.readableBytes == 0 else {
            unread.writeBuffer(&bytes)
            return takeUnread()
        }
        take(&bytes)
        // Copied: the socket's own buffer is used again for the next read.
        if isListening && bytes.readableBytes > 0 { unread.writeBuffer(&bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {}

    private func takeUnread() {
        var bytes = ByteBuffer()
        swap(&bytes, &unread)
        take(&bytes)
        guard isListening && bytes.readableBytes > 0 else { return }
        bytes.discardReadBytes()
        unread = bytes
    }

    /// Takes messages from what has come, as long as they are wanted.
    private func take(_ bytes: inout ByteBuffer) {
        var space = ByteBuffer()
        swap(&space, &loop.space)
        do {
            while mayReceive, let event = try assembly.next(from: &bytes, configuration, space: &space) { handle(event) }
        } catch {
            fail(error.code, reason: error.reason)
        }
        swap(&space, &loop.space)
    }

    private func handle(_ event: MessageAssembly.Event) {
        switch event {
        case .close(let frame): clientClosed(frame)
        case .text(let text): if closing.phase == .open { session?.received(text: text) }
        case .binary(let bytes): if closing.phase == .open { session?.received(binary: bytes) }
        case .ping(let payload):
            queue.answerPing(payload)
            awaitTurnEnd()
        case .pong: break
        }
    }

    /// Whether anything that the client says is of interest, if only that it closes.
    private var isListening: Bool { closing.phase == .open || closing.phase == .awaitingClient }

    /// A client that does not take its answers is not listened to, and one whom the application does not want to hear just now.
    private var mayReceive: Bool {
        switch closing.phase {
        case .open: !isPaused && isQueueShort
        case .awaitingClient: true
        case .answering, .failing, .lingering, .ended: false
        }
    }

    func setReceiving(_ isReceiving: Bool) {
        isPaused = !isReceiving
        if isReceiving { awaitTurnEnd() }
    }

    /// What comes after the end is read away: closed with bytes unread, a connection is reset.
    func read(context: ChannelHandlerContext) {
        if closing.phase == .open && !mayReceive { readIsHeldBack = true } else { context.read() }
    }

    private func receiveOn(_ context: ChannelHandlerContext) {
        if mayReceive && unread.readableBytes > 0 { takeUnread() }
        guard readIsHeldBack, closing.phase != .open || mayReceive else { return }
        readIsHeldBack = false
        context.read()
    }

    // MARK: Sending

    var queuedBytes: Int { queue.bytes }
    var isQueueShort: Bool { !queue.isHalfFull(configuration) }

    func send(_ message: WebSocketMessage) {
        guard closing.phase == .open else { return }
        guard queue.append(message.frame, configuration) else {
            return fail(.tooSlow, reason: "More messages wait than are kept.")
        }
        if queue.waitingBytes >= Self.hurry { flush() }
        awaitTurnEnd()
    }

    private func awaitTurnEnd() {
        guard !isTurnEndAwaited else { return }
        isTurnEndAwaited = true
        loop.callAtEndOfTurn(self)
    }

    /// Writes what was sent in this turn, and goes on with what waited for that.
    func turnEnded() {
        isTurnEndAwaited = false
        flush()
        if queue.takeDrained() { session?.drained() }
        if let context { receiveOn(context) }
        reportEnd()
    }

    /// Batch after batch, until the socket takes no more.
    private func flush() {
        guard let context, !isFlushing, closing.phase != .ended else { return }
        isFlushing = true
        while queue.isReady {
            lastProgress = loop.now
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess { [self] in batchWritten() }
            var joiner = FrameJoiner()
            queue.beginBatch { frame in
                if let bytes = joiner.add(frame) { context.write(wrapOutboundOut(bytes), promise: nil) }
            }
            context.writeAndFlush(wrapOutboundOut(joiner.rest), promise: written)
        }
        isFlushing = false
        advanceClosing()
    }

    private func batchWritten() {
        queue.batchWritten()
        guard !isFlushing else { return }
        // Later than the turn in which it was written: the socket was full, and the client has taken something of it.
        times.heard(at: loop.now)
        flush()
        awaitTurnEnd()
    }

    // MARK: Closing

    /// The application closes, or the server stops.
    func close(_ code: WebSocketCloseCode, reason: String) {
        guard closing.begin() else { return }
        queue.end(with: CloseFrame(code, reason: reason).frame, dropping: false)
        finish(.byServer(code, reason: reason))
    }

    private func fail(_ code: WebSocketCloseCode, reason: String) {
        guard closing.fail() else { return }
        queue.end(with: CloseFrame(code, reason: reason).frame, dropping: true)
        finish(.byServer(code, reason: reason))
    }

    private func clientClosed(_ frame: CloseFrame) {
        if closing.clientClosed() {
            queue.end(with: CloseFrame(frame.code).frame, dropping: true)
            finish(.byClient(frame.code, reason: frame.reason))
        }
        awaitTurnEnd()
    }

    /// The session is told at the end of the turn, and never within a call of its own.
    private func finish(_ end: WebSocketEnd) {
        if self.end == nil {
            self.end = end
            times.giveUpAt = loop.now + loop.turns(configuration.closeTimeout)
            if closing.phase != .ended { setTimer(times.giveUpAt) }
        }
        awaitTurnEnd()
    }

    private func reportEnd() {
        guard let end else { return }
        if let session {
            self.session = nil
            session.closed(end)
        }
        // A server that stops waits until the client has been told, too.
        if isCounted && isGone {
            isCounted = false
            endpoint.connections.closed(end)
        }
    }

    private func advanceClosing() {
        if queue.isEnded && queue.isEmpty { closing.flushed() }
        switch closing.advance() {
        case .nothing: break
        case .endSending: context?.close(mode: .output, promise: nil)
        case .endConnection: context?.close(promise: nil)
        }
    }

    /// Ends the connection here and now.
    private func drop(_ end: WebSocketEnd) {
        closing.end()
        finish(end)
        context?.close(promise: nil)
    }

    func abort() {
        drop(.lost)
    }

    func channelInactive(context: ChannelHandlerContext) {
        closing.end()
        finish(.lost)
        // For the router's handlers, if this connection had been theirs.
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        drop(.lost)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: inputClosed()
        case is ChannelShouldQuiesceEvent: stop()
        default: break
        }
    }

    /// A client that says no more may still hear why it ends, and that its close frame has come.
    private func inputClosed() {
        switch closing.phase {
        case .open, .lingering: drop(.lost)
        case .awaitingClient, .answering, .failing:
            _ = closing.clientClosed()
            awaitTurnEnd()
        case .ended: break
        }
    }

    private func stop() {
        guard closing.phase == .open, times.stopAt == .max else { return }
        session?.stopping()
        let spread = loop.turns(configuration.shutdownSpread)
        guard spread > 0 else { return close(.goingAway, reason: Self.stopping) }
        times.stopAt = loop.now + Int.random(in: 1...spread)
        setTimer(min(timer, times.stopAt))
    }

    // MARK: Time

    private func setTimer(_ due: Int) {
        timer = loop.call(self, at: due)
    }

    func timerFired(_ due: Int) {
        guard due == timer, context != nil, closing.phase != .ended else { return }
        if closing.phase == .open, queue.isWriting, loop.now - lastProgress >= times.silentAfter {
            return fail(.tooSlow, reason: "Nothing of what waits is taken.")
        }
        // Who is not listened to is not silent.
        if isPaused { times.heard(at: loop.now) }
        switch times.call(at: loop.now) {
        case .wait(let next): setTimer(next)
        case .ping(let next):
            queue.appendPing()
            awaitTurnEnd()
            setTimer(next)
        case .stop: close(.goingAway, reason: Self.stopping)
        case .silent: drop(.silent)
        case .giveUp: drop(.lost)
        }
    }

    // MARK: What stands behind

    /// The router's handlers have nothing to say any more.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.inappropriateOperationForState)
    }
}
