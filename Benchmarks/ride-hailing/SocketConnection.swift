import NIOCore
import NIOPosix

/// A user's WebSocket: upgraded by itself, and then frames, with as little work for each as there can be.
///
/// Everything happens on one event loop.
final class SocketConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let path: String
    private let endpoint: Endpoint
    private let opened: EventLoopPromise<Void>
    private let heard: (UnsafeRawBufferPointer) -> Void
    private let failed: (any Error) -> Void
    private var context: ChannelHandlerContext?
    private var isOpen = false
    private var isEnding = false
    private var unread = ByteBuffer()

    private init(
        _ path: String, at endpoint: Endpoint, opened: EventLoopPromise<Void>,
        heard: @escaping (UnsafeRawBufferPointer) -> Void, failed: @escaping (any Error) -> Void
    ) {
        (self.path, self.endpoint, self.opened, self.heard, self.failed) = (path, endpoint, opened, heard, failed)
    }

    /// - Parameters:
    ///   - heard: each text.
    ///   - failed: when the connection is lost without ``end()``.
    static func open(
        _ path: String, at endpoint: Endpoint, on eventLoop: any EventLoop,
        heard: @escaping (UnsafeRawBufferPointer) -> Void, failed: @escaping (any Error) -> Void
    ) -> (connection: SocketConnection, opened: EventLoopFuture<Void>) {
        let opened = eventLoop.makePromise(of: Void.self)
        let connection = SocketConnection(path, at: endpoint, opened: opened, heard: heard, failed: failed)
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
            .connect(host: endpoint.host, port: endpoint.port)
            .whenFailure { opened.fail($0) }
        return (connection, opened.futureResult)
    }

    func send(_ text: String) { send(text.utf8, length: text.utf8.count, opcode: ClientFrame.text) }

    private func send(_ payload: some Sequence<UInt8>, length: Int, opcode: UInt8) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: length + 16)
        ClientFrame.write(payload, length: length, opcode: opcode, to: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Closes the connection, in order.
    func end() {
        isEnding = true
        send([0x03, 0xE8], length: 2, opcode: ClientFrame.close)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let request = """
            GET \(path) HTTP/1.1\r
            Host: \(endpoint.host):\(endpoint.port)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r\n
            """
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if unread.readableBytes == 0 { swap(&unread, &buffer) } else { unread.writeBuffer(&buffer) }
        do {
            if !isOpen { try readUpgrade() }
            guard isOpen else { return }
            let count = try unread.withUnsafeReadableBytes { bytes in
                try ClientFrame.readAll(bytes) { opcode, payload in try read(opcode, payload) }
            }
            unread.moveReaderIndex(forwardBy: count)
            if unread.readableBytes == 0 { unread = ByteBuffer() }
        } catch {
            fail(error)
        }
    }

    private func readUpgrade() throws {
        let end = Array("\r\n\r\n".utf8)
        let view = unread.readableBytesView
        guard let head = view.indices.first(where: { view[$0...].starts(with: end) }) else { return }
        let text = String(decoding: view[..<head], as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 101 ") else { throw LoadError.unexpected(text) }
        unread.moveReaderIndex(to: head + end.count)
        isOpen = true
        opened.succeed()
    }

    private func read(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer) throws {
        switch opcode {
        case ClientFrame.text: heard(payload)
        case ClientFrame.ping: send(payload, length: payload.count, opcode: ClientFrame.pong)
        case ClientFrame.close where isEnding: context?.close(promise: nil)
        case ClientFrame.close: throw LoadError.closed(String(decoding: payload.dropFirst(2), as: UTF8.self))
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { fail(LoadError.closed("without a word")) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    private func fail(_ error: any Error) {
        context = nil
        opened.fail(error)
        if !isEnding { failed(error) }
    }
}
