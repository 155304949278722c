import HTTPTypes
import NIOCore
import NIOEmbedded
import TestSupport

@testable import ServiceKit

/// A WebSocket's handler on a channel without a socket, in a time of its own.
final class EmbeddedWebSocket {
    let channel = EmbeddedChannel()
    let session = RecordingSession()
    let connections = OpenWebSockets()
    /// Stands where the socket is.
    let socket = SocketStandIn()
    let loop: WebSocketLoop
    let connection: WebSocketConnection

    init(
        turn: TimeAmount = .milliseconds(100), _ change: (inout WebSocketConfiguration) -> Void = { _ in },
        onOpen: @escaping (WebSocketConnection) -> Void = { _ in }
    ) throws {
        var configuration = WebSocketConfiguration()
        change(&configuration)
        let opening = NIOLoopBound((session: session, onOpen: onOpen), eventLoop: channel.eventLoop)
        let route = WebSocketRoute("/ws", configuration: configuration) { connection, _ in
            opening.value.session.connection = connection
            opening.value.onOpen(connection)
            return opening.value.session
        }
        loop = WebSocketLoop(channel.eventLoop, turn: turn)
        let handler = WebSocketHandler(WebSocketEndpoint(route, connections: connections), loop: loop)
        try channel.pipeline.syncOperations.addHandlers([socket, handler])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/none"), promise: nil)
        handler.open(WebSocketRequest(user: "alice", parameters: [:], headers: [:], remoteAddress: nil, queryText: ""))
        guard let connection = session.connection else { throw ChannelError.inappropriateOperationForState }
        self.connection = connection
    }

    func receive(_ frames: WebSocketFrame...) throws {
        try receive(frames.flatMap(\.bytes))
    }

    /// Bytes come, as many as one read brings.
    func receive(_ bytes: [UInt8]) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        turn()
    }

    /// Runs what is due on the event loop: the end of a turn.
    func turn() {
        channel.embeddedEventLoop.run()
    }

    func pass(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
        turn()
    }

    /// The frames that have been written since the last call.
    func frames() throws -> [WebSocketFrame] {
        turn()
        var bytes = ByteBuffer()
        while var buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&buffer) }
        var frames: [WebSocketFrame] = []
        while let frame = try WebSocketFrame(takenFrom: &bytes) { frames.append(frame) }
        return frames
    }
}

/// Keeps what it was told.
final class RecordingSession: WebSocketSession {
    var connection: WebSocketConnection?
    private(set) var texts: [String] = []
    private(set) var events: [String] = []
    private(set) var ends: [WebSocketEnd] = []
    var onText: (String) -> Void = { _ in }

    func received(text: ByteBuffer) {
        texts.append(String(buffer: text))
        onText(String(buffer: text))
    }

    func received(binary: ByteBuffer) { texts.append("\(binary.readableBytes) bytes") }
    func drained() { events.append("drained") }
    func stopping() { events.append("stopping") }
    func closed(_ end: WebSocketEnd) { ends.append(end) }
}

/// Counts flushes and reads, and may take nothing.
final class SocketStandIn: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var flushes = 0
    private(set) var reads = 0
    private(set) var closes: [CloseMode] = []
    private var held: [(NIOAny, EventLoopPromise<Void>?)] = []
    var isFull = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isFull { held.append((data, promise)) } else { context.write(data, promise: promise) }
    }

    func flush(context: ChannelHandlerContext) {
        flushes += 1
        context.flush()
    }

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        closes.append(mode)
        if mode == .all { context.close(mode: mode, promise: promise) } else { promise?.succeed() }
    }

    /// Takes what was held, and all that comes.
    func takeAll(_ channel: EmbeddedChannel) throws {
        isFull = false
        let context = try channel.pipeline.syncOperations.context(handler: self)
        for (data, promise) in held { context.write(data, promise: promise) }
        held = []
        context.flush()
    }
}
