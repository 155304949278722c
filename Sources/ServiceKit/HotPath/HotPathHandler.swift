import NIOCore

/// Stands first on a connection and answers plain hot requests. The first bytes that are anything else: it lets what it
/// still owes go out, hands the connection over to the router's handlers, with those bytes unchanged, and leaves.
final class HotPathHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case answering
        /// Bytes for the router have come; replies are owed still.
        case draining
        case handedOver
        /// Everything is answered; the last of it is on its way out, or the client's end is waited for.
        case closing
        case closed
    }

    private let parser: HotPathParser
    private let loop: HotPathLoop
    private let idleTimeout: TimeAmount
    /// Adds the router's handlers behind this one.
    private let handOver: () -> Void
    /// The connection ended before it came to that.
    private let ended: () -> Void

    private var state = State.answering
    private var context: ChannelHandlerContext?
    private var unread = ByteBuffer()
    private var outgoing = ByteBuffer()
    private var owed = OwedReplies()
    /// Whole requests may lie in `unread`, for whose replies there was no room.
    private var hasMoreToAnswer = false
    private var isTurnEndAwaited = false
    private var isWritable = true
    private var readIsHeldBack = false
    private var inputIsClosed = false
    private var isQuiescing = false
    private var isOutputClosed = false
    private var lastRequest = NIODeadline.now()
    private var idleTimer: Scheduled<Void>?
    private lazy var peer = context?.channel.remoteAddress.flatMap { IPAddress($0) }

    /// A client may send so many requests ahead; then it is not read from until replies have gone out.
    private static let maximumOwed = 256
    /// Replies that are written in one turn, in bytes.
    private static let maximumOutgoing = 64 << 10
    /// Bytes for the router that are kept while replies are owed.
    private static let maximumUnread = 64 << 10
    /// How long a client has to end a connection whose sending side has been closed.
    private static let linger = TimeAmount.seconds(1)
    /// Memory for replies that a connection keeps from turn to turn.
    private static let maximumKept = 16 << 10

    init(
        parser: HotPathParser, loop: HotPathLoop, idleTimeout: TimeAmount, handOver: @escaping () -> Void,
        ended: @escaping () -> Void
    ) {
        (self.parser, self.loop) = (parser, loop)
        (self.idleTimeout, self.handOver, self.ended) = (idleTimeout, handOver, ended)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outgoing = context.channel.allocator.buffer(capacity: 1024)
        if context.channel.isActive { armIdleTimer(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        idleTimer?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        armIdleTimer(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        idleTimer?.cancel()
        if state != .handedOver {
            state = .closed
            ended()
        }
        context.fireChannelInactive()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes after the last answer is read away: closed with bytes unread, a connection is reset.
        if state == .closing { return }
        var bytes = unwrapInboundIn(data)
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeBuffer(&bytes) }
        if state == .answering { answer(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state == .handedOver { context.fireChannelReadComplete() }
    }

    /// Answers request after request from what has been read, as long as there is room for the replies.
    private func answer(_ context: ChannelHandlerContext) {
        var answered = false
        hasMoreToAnswer = false
        while unread.readableBytes > 0 {
            guard hasRoom else {
                hasMoreToAnswer = true
                break
            }
            let length = unread.withUnsafeReadableBytes { bytes -> Int? in
                switch parser.parse(bytes) {
                case .incomplete: return 0
                case .other: return nil
                case .request(var request, let length):
                    request.peer = peer
                    let number = owed.expect()
                    if loop.respond(request, HotPathReply(handler: self, number: number)) { return length }
                    owed.withdrawLast()
                    return nil
                }
            }
            guard let length else {
                state = .draining
                return leaveIfNothingIsOwed(context)
            }
            if length == 0 { break }
            unread.moveReaderIndex(forwardBy: length)
            answered = true
        }
        if answered { lastRequest = .now() }
        if unread.readableBytes == 0 { unread = ByteBuffer() } else { unread.discardReadBytes() }
    }

    /// Reading stops while too much is owed, or lies here for the router: the client feels it.
    func read(context: ChannelHandlerContext) {
        if isFull { readIsHeldBack = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // It may have changed in the middle of a flush: what follows from it waits for the end of that.
        isWritable = context.channel.isWritable
        if isWritable && state != .handedOver { awaitTurnEnd() }
        context.fireChannelWritabilityChanged()
    }

    /// A client that asks and does not take its answers is neither answered nor read from.
    private var hasRoom: Bool {
        owed.count < Self.maximumOwed && outgoing.readableBytes < Self.maximumOutgoing && isWritable
    }

    private var isFull: Bool {
        switch state {
        case .answering: isQuiescing || hasMoreToAnswer || !hasRoom
        case .draining: unread.readableBytes >= Self.maximumUnread
        case .handedOver, .closing, .closed: false
        }
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard readIsHeldBack && !isFull else { return }
        readIsHeldBack = false
        context.read()
    }

    // MARK: Replying

    func send(_ number: Int, _ write: (inout ByteBuffer) -> Void) {
        owed.fulfil(number, into: &outgoing, write)
        awaitTurnEnd()
    }

    private func awaitTurnEnd() {
        guard !isTurnEndAwaited else { return }
        isTurnEndAwaited = true
        loop.callAtEndOfTurn(self)
    }

    /// Writes what has been answered in this turn, and goes on with what waited for that.
    func turnEnded() {
        isTurnEndAwaited = false
        // The connection may have ended in this turn; then nobody waits for what is left.
        guard let context, state != .closed else { return }
        flush(context)
        if hasMoreToAnswer && state == .answering { answer(context) }
        readOn(context)
        leaveIfNothingIsOwed(context)
        closeIfDone(context)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard outgoing.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
        if outgoing.capacity > Self.maximumKept {
            outgoing = context.channel.allocator.buffer(capacity: 1024)
        } else {
            outgoing.clear()
        }
    }

    private func leaveIfNothingIsOwed(_ context: ChannelHandlerContext) {
        guard state == .draining, owed.isEmpty else { return }
        flush(context)
        state = .handedOver
        handOver()
        context.fireChannelRead(wrapInboundOut(unread))
        context.fireChannelReadComplete()
        if inputIsClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if isQuiescing { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        readOn(context)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    // MARK: Ending

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent where state != .handedOver: isQuiescing = true
        case ChannelEvent.inputClosed where state != .handedOver: inputIsClosed = true
        default: return context.fireUserInboundEventTriggered(event)
        }
        if state == .closing && isOutputClosed { return context.close(promise: nil) }
        closeIfDone(context)
    }

    /// No request will come any more; what was asked has been answered, and half a request is not.
    private func closeIfDone(_ context: ChannelHandlerContext) {
        guard inputIsClosed || isQuiescing, state == .answering, owed.isEmpty, !hasMoreToAnswer, !isTurnEndAwaited else { return }
        state = .closing
        // Closing drops what the socket has not taken yet: it comes behind that.
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in closeOutput() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    /// The client ends the connection, or its time is over: ended from here with requests on their way, it would be reset,
    /// and answers that the client has not read yet would be lost.
    private func closeOutput() {
        guard let context, state == .closing else { return }
        guard !inputIsClosed else { return context.close(promise: nil) }
        isOutputClosed = true
        let closed = context.eventLoop.makePromise(of: Void.self)
        closed.futureResult.assumeIsolated().whenFailure { [self] _ in self.context?.close(promise: nil) }
        context.close(mode: .output, promise: closed)
        idleTimer?.cancel()
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { [self] in
            self.context?.close(promise: nil)
        }
        readOn(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if state == .handedOver { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }

    /// A connection that brings no whole request is closed, though bytes may trickle in.
    private func armIdleTimer(_ context: ChannelHandlerContext) {
        let deadline = max(NIODeadline.now() + .seconds(1), lastRequest + idleTimeout)
        // Not weak: what has ever been referred to weakly costs more at each use. The timer ends with the connection.
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            guard let context = self.context else { return }
            // A reply that has just come goes out at the end of this turn.
            if self.owed.isEmpty && !self.isTurnEndAwaited && self.lastRequest + self.idleTimeout <= .now() {
                context.close(promise: nil)
            } else {
                self.armIdleTimer(context)
            }
        }
    }
}
