import NIOCore
import NIOHTTP1
import NIOPosix

/// Requests of many users over some connections. One that finds all of them busy waits for its turn.
///
/// Everything happens on one event loop.
final class HTTPRequester {
    struct Request {
        let method: HTTPMethod
        let path: String
        let user: String
        var idempotencyKey: String?
        var body: String?
    }

    struct Answer {
        var status = 0
        var body = ByteBuffer()
    }

    typealias Completion = (Answer) -> Void

    let endpoint: Endpoint
    private let eventLoop: any EventLoop
    private let failed: (any Error) -> Void
    /// Each connection as often as it may take another request.
    private var idle: CircularBuffer<HTTPRequestConnection> = []
    private var waiting: CircularBuffer<(Request, Completion)> = []

    /// So many connections are made at once.
    private static let atOnce = 64

    init(_ endpoint: Endpoint, on eventLoop: any EventLoop, failed: @escaping (any Error) -> Void) {
        (self.endpoint, self.eventLoop, self.failed) = (endpoint, eventLoop, failed)
    }

    /// - Parameter depth: so many requests a connection has under way at most, the others behind the first.
    func connect(_ count: Int, depth: Int = 1) -> EventLoopFuture<Void> {
        let requester = NIOLoopBound(self, eventLoop: eventLoop)
        let (eventLoop, endpoint, atOnce) = (eventLoop, endpoint, Self.atOnce)
        func connect(from first: Int) -> EventLoopFuture<Void> {
            guard first < count else { return eventLoop.makeSucceededVoidFuture() }
            let connections = (first..<min(count, first + atOnce)).map { _ in
                ClientBootstrap(group: eventLoop)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHTTPClientHandlers()
                            try channel.pipeline.syncOperations.addHandler(HTTPRequestConnection(requester.value, depth: depth))
                        }
                    }
                    .connect(host: endpoint.host, port: endpoint.port).map { _ in }
            }
            return EventLoopFuture.andAllSucceed(connections, on: eventLoop)
                .assumeIsolated().flatMap { connect(from: first + atOnce) }.nonisolated()
        }
        return connect(from: 0)
    }

    func send(_ request: Request, _ completion: @escaping Completion) {
        if let connection = idle.popFirst() {
            connection.send(request, completion)
        } else {
            waiting.append((request, completion))
        }
    }

    func isIdle(_ connection: HTTPRequestConnection) {
        if let (request, completion) = waiting.popFirst() {
            connection.send(request, completion)
        } else {
            idle.append(connection)
        }
    }

    func fail(_ error: any Error) { failed(error) }
}

/// One of its connections.
final class HTTPRequestConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let requester: HTTPRequester
    private let depth: Int
    private var context: ChannelHandlerContext?
    private var underWay: CircularBuffer<HTTPRequester.Completion> = []
    private var answer = HTTPRequester.Answer()

    init(_ requester: HTTPRequester, depth: Int) { (self.requester, self.depth) = (requester, depth) }

    func send(_ request: HTTPRequester.Request, _ completion: @escaping HTTPRequester.Completion) {
        guard let context else { return requester.fail(LoadError.closed("before a request")) }
        var head = HTTPRequestHead(
            version: .http1_1, method: request.method, uri: request.path,
            headers: ["Host": "\(requester.endpoint.host):\(requester.endpoint.port)", "X-User-ID": request.user])
        if let key = request.idempotencyKey { head.headers.add(name: "Idempotency-Key", value: key) }
        if let body = request.body {
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: "\(body.utf8.count)")
        }
        underWay.append(completion)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        for _ in 0..<depth { requester.isIdle(self) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer.status = Int(head.status.code)
        case .body(var part): answer.body.writeBuffer(&part)
        case .end:
            guard let completion = underWay.popFirst() else { return requester.fail(LoadError.unexpected("an answer more")) }
            let answer = answer
            self.answer = HTTPRequester.Answer()
            completion(answer)
            requester.isIdle(self)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        requester.fail(LoadError.closed("one of its requests'"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        requester.fail(error)
        context.close(promise: nil)
    }
}
