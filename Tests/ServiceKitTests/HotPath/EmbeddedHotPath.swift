import NIOCore
import NIOEmbedded

@testable import ServiceKit

/// A hot path's handler on a channel without a socket, with a recorder where the router's handlers would stand.
final class EmbeddedHotPath {
    let channel = EmbeddedChannel()
    let desk: Desk
    /// Stands before the hot path, where the socket is.
    let socket = ReadCounter()
    let router = RouterStandIn()
    private(set) var handOvers = 0
    private(set) var endings = 0

    init() throws {
        let desks = Desks()
        let hotPath = desks.hotPath()
        let loop = HotPathLoop(hotPath, eventLoop: channel.eventLoop)
        desk = desks.all[0].value
        let handler = HotPathHandler(
            parser: HotPathParser(prefix: hotPath.prefix), loop: loop, idleTimeout: .seconds(60),
            handOver: { [unowned self] in
                handOvers += 1
                // Nothing fails on a pipeline that is open.
                try? channel.pipeline.syncOperations.addHandler(router)
            },
            ended: { [unowned self] in endings += 1 })
        try channel.pipeline.syncOperations.addHandlers([socket, handler])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/none"), promise: nil)
    }

    /// Bytes come, as many as one read brings.
    func receive(_ bytes: some Collection<UInt8>) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    func receive(_ text: String) throws {
        try receive(Array(text.utf8))
    }

    /// Runs what is due on the event loop: the end of a turn.
    func turn() {
        channel.embeddedEventLoop.run()
    }

    func fire(_ event: Any) {
        channel.pipeline.syncOperations.fireUserInboundEventTriggered(event)
    }

    /// What has been written since the last call, one text for each write.
    func writes() throws -> [String] {
        var writes: [String] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            // Nothing is written to learn when all before it has gone out.
            if buffer.readableBytes > 0 { writes.append(String(buffer: buffer)) }
        }
        return writes
    }

    var isHandlerInPlace: Bool {
        (try? channel.pipeline.syncOperations.handler(type: HotPathHandler.self)) != nil
    }
}

/// Counts how often it is asked to read.
final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var reads = 0
    /// What happens while bytes go out.
    var duringFlush: () -> Void = {}

    func flush(context: ChannelHandlerContext) {
        duringFlush()
        context.flush()
    }

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }
}

/// Records what comes to the router.
final class RouterStandIn: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private(set) var bytes: [UInt8] = []
    private(set) var readCompletes = 0
    private(set) var events: [String] = []
    /// Closes the connection on the first bytes, as for a malformed request.
    var closesAtOnce = false

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        if closesAtOnce { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        readCompletes += 1
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: events.append("input closed after \(bytes.count) bytes")
        case is ChannelShouldQuiesceEvent: events.append("quiesce after \(bytes.count) bytes")
        default: events.append("\(event)")
        }
    }
}

/// A plain request for a path.
func hot(_ path: String) -> String {
    "GET /hot/\(path) HTTP/1.1\r\nHost: h\r\n\r\n"
}
