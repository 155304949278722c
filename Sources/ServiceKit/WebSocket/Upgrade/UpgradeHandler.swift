import Hummingbird
import NIOCore

/// Stands first on a new connection. It becomes a WebSocket if its first request is a plain one for that and is granted;
/// otherwise the router gets it, with the bytes unchanged, and says what there is to say.
final class UpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case reading
        /// Whether the request may become a WebSocket is being found out.
        case deciding
        case left
    }

    private let server: WebSocketServer
    private let idleTimeout: TimeAmount
    /// Adds the router's handlers behind this one.
    private let handOver: () -> Void
    /// The router will not be needed: the connection is a WebSocket, or has ended.
    private let done: () -> Void

    private var parser: UpgradeRequestParser
    private var state = State.reading
    private var context: ChannelHandlerContext?
    private var unread = ByteBuffer()
    private var readIsHeldBack = false
    private var inputIsClosed = false
    private var isQuiescing = false
    private var idleTimer: Scheduled<Void>?

    /// A channel keeps the memory that its largest read took.
    private static let frugal = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 1024, maximum: 8192)

    init(
        _ server: WebSocketServer, idleTimeout: TimeAmount, handOver: @escaping () -> Void, done: @escaping () -> Void
    ) {
        (self.server, self.idleTimeout) = (server, idleTimeout)
        (self.handOver, self.done) = (handOver, done)
        parser = UpgradeRequestParser(server)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        read(context, with: Self.frugal)
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
        leave()
        context.fireChannelInactive()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        unread.writeBuffer(&bytes)
        guard state == .reading else { return }
        switch parser.parse(unread.readableBytesView) {
        case .incomplete: break
        case .other: giveToRouter(context)
        case .upgrade(let request, let endpoint): decide(context, request, endpoint)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state == .left { context.fireChannelReadComplete() }
    }

    /// Nothing is read while it is decided.
    func read(context: ChannelHandlerContext) {
        if state == .deciding { readIsHeldBack = true } else { context.read() }
    }

    private func read(_ context: ChannelHandlerContext, with allocator: any RecvByteBufferAllocator) {
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: allocator)
    }

    private func decide(_ context: ChannelHandlerContext, _ request: Request, _ endpoint: WebSocketEndpoint) {
        state = .deciding
        idleTimer?.cancel()
        let (server, address) = (server, context.channel.remoteAddress)
        let decision = context.eventLoop.makeFutureWithTask {
            // Why it is refused, the router finds out once more, and says so.
            try? await server.admit(request, to: endpoint, remoteAddress: address)
        }
        decision.assumeIsolated().whenSuccess { [self] admission in
            guard state == .deciding, let context = self.context else { return }
            if let admission { upgrade(context, admission) } else { giveToRouter(context) }
        }
    }

    // MARK: Leaving

    private func giveToRouter(_ context: ChannelHandlerContext) {
        state = .left
        read(context, with: AdaptiveRecvByteBufferAllocator())
        handOver()
        context.fireChannelRead(wrapInboundOut(unread))
        removeItself(context)
    }

    private func upgrade(_ context: ChannelHandlerContext, _ admission: WebSocketServer.Admission) {
        let handler = WebSocketHandler(admission.endpoint, loop: server.loop(of: context.eventLoop))
        guard (try? context.pipeline.syncOperations.addHandler(handler, position: .after(self))) != nil else {
            return context.close(promise: nil)
        }
        context.write(wrapOutboundOut(ByteBuffer(string: WebSocketHandshake.response(accept: admission.accept))), promise: nil)
        handler.open(admission.request)
        context.flush()
        leave()
        unread.moveReaderIndex(forwardBy: parser.length)
        if unread.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(unread)) }
        removeItself(context)
    }

    private func leave() {
        guard state != .left else { return }
        state = .left
        done()
    }

    /// Tells who comes after it what it had kept back.
    private func removeItself(_ context: ChannelHandlerContext) {
        unread = ByteBuffer()
        context.fireChannelReadComplete()
        if inputIsClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if isQuiescing { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        if readIsHeldBack { context.read() }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    // MARK: Ending

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed where state != .left:
            inputIsClosed = true
            // Half a request is not answered.
            if state == .reading { context.close(promise: nil) }
        case is ChannelShouldQuiesceEvent where state != .left:
            isQuiescing = true
            if state == .reading { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if state == .left { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }

    /// A connection that brings no whole head is closed, though bytes may trickle in.
    private func armIdleTimer(_ context: ChannelHandlerContext) {
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: idleTimeout) { [self] in
            if state == .reading { self.context?.close(promise: nil) }
        }
    }
}
