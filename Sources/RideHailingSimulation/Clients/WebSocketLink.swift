import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A client's end of a WebSocket.
final class WebSocketLink: Sendable {
    /// Text messages of the server; ends with the connection.
    let messages: AsyncStream<ByteBuffer>
    private let channel: any Channel

    struct Refused: Error {}

    private init(_ channel: any Channel, _ messages: AsyncStream<ByteBuffer>) {
        (self.channel, self.messages) = (channel, messages)
    }

    private static let timeout = TimeAmount.seconds(10)
    private static let maximumFrameLength = 1 << 20

    /// - Parameter path: with its query.
    /// - Throws: ``Refused`` when the answer is none of a WebSocket; whatever keeps it from connecting.
    static func connect(host: String, port: Int, path: String, on group: any EventLoopGroup) async throws -> WebSocketLink {
        let (messages, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let upgrade: EventLoopFuture<any Channel> = try await ClientBootstrap(group: group).connectTimeout(timeout).connect(
            host: host, port: port
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                let upgrader = NIOTypedWebSocketClientUpgrader<any Channel>(maxFrameSize: maximumFrameLength) { channel, _ in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Handler(continuation))
                        return channel
                    }
                }
                let head = HTTPRequestHead(
                    version: .http1_1, method: .GET, uri: path, headers: ["Host": "\(host):\(port)", "Content-Length": "0"])
                return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                    configuration: .init(
                        upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                            upgradeRequestHead: head, upgraders: [upgrader]
                        ) { channel in
                            channel.close(promise: nil)
                            return channel.eventLoop.makeFailedFuture(Refused())
                        }))
            }
        }
        return WebSocketLink(try await upgrade.get(), messages)
    }

    func send(_ text: String) {
        let frame = WebSocketFrame(
            fin: true, opcode: .text, maskKey: .random(), data: channel.allocator.buffer(string: text))
        channel.writeAndFlush(frame, promise: nil)
    }

    /// In order; the messages end with the server's answer.
    func close() {
        var code = channel.allocator.buffer(capacity: 2)
        code.write(webSocketErrorCode: .normalClosure)
        channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: code), promise: nil)
        channel.eventLoop.scheduleTask(in: Self.timeout) { [channel] in channel.close(promise: nil) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        typealias OutboundOut = WebSocketFrame
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            switch frame.opcode {
            case .text: continuation.yield(frame.unmaskedData)
            case .ping:
                let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
                context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
            case .connectionClose:
                let answer = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: frame.unmaskedData)
                context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
                context.close(promise: nil)
            default: break
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
