import EmbeddedRedis
import NIOCore
import NIOPosix
@testable import Redis

/// Stands between a client and a Redis server, passes everything on, and on demand holds the server's words back or cuts the
/// connections.
final class Relay: Sendable {
    enum Side: Sendable {
        /// Connections on which commands go.
        case commands
        /// Those on which a cache hears of writes.
        case tracking
    }

    private let listener: any Channel
    private let core: NIOLoopBoundBox<Core>
    let configuration: RedisConfiguration

    static func with(
        _ server: EmbeddedRedis, isolation: isolated (any Actor)? = #isolation, _ body: (Relay) async throws -> Void
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let core = NIOLoopBoundBox.makeBoxSendingValue(Core(), eventLoop: loop)
        let listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { [path = server.socketPath] downstream in
                ClientBootstrap(group: loop).connect(unixDomainSocketPath: path).flatMapThrowing { upstream in
                    let pair = Pair(downstream, upstream)
                    core.value.pairs.append(pair)
                    try downstream.pipeline.syncOperations.addHandler(Handler(pair, core.value, isUpstream: false))
                    try upstream.pipeline.syncOperations.addHandler(Handler(pair, core.value, isUpstream: true))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let relay = Relay(listener: listener, core: core)
        do {
            try await body(relay)
        } catch {
            try await relay.end()
            throw error
        }
        try await relay.end()
    }

    private init(listener: any Channel, core: NIOLoopBoundBox<Core>) {
        (self.listener, self.core) = (listener, core)
        configuration = RedisConfiguration(address: .tcp(host: "127.0.0.1", port: listener.localAddress?.port ?? 0))
    }

    /// From now on the server's words to one side do not arrive.
    func hold(_ side: Side) async throws {
        try await listener.eventLoop.submit { [core] in _ = core.value.held.insert(side) }.get()
    }

    /// What was held back arrives, and what is said from now on.
    func release(_ side: Side) async throws {
        try await listener.eventLoop.submit { [core] in
            core.value.held.remove(side)
            for pair in core.value.pairs where pair.side == side { pair.passOn() }
        }.get()
    }

    func cut(_ side: Side) async throws {
        try await listener.eventLoop.submit { [core] in
            for pair in core.value.pairs where pair.side == side { pair.close() }
        }.get()
    }

    private func end() async throws {
        try await listener.close()
        try await cut(.commands)
        try await cut(.tracking)
    }

    private final class Core {
        var held: Set<Side> = []
        var pairs: [Pair] = []
    }

    private final class Pair {
        let downstream: any Channel
        let upstream: any Channel
        var side = Side.commands
        private var heldBack = ByteBuffer()

        init(_ downstream: any Channel, _ upstream: any Channel) {
            (self.downstream, self.upstream) = (downstream, upstream)
        }

        func holdBack(_ bytes: ByteBuffer) {
            heldBack.writeImmutableBuffer(bytes)
        }

        func passOn() {
            guard heldBack.readableBytes > 0 else { return }
            downstream.writeAndFlush(heldBack, promise: nil)
            heldBack = ByteBuffer()
        }

        func close() {
            downstream.close(promise: nil)
            upstream.close(promise: nil)
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let pair: Pair
        private let core: Core
        private let isUpstream: Bool

        init(_ pair: Pair, _ core: Core, isUpstream: Bool) {
            (self.pair, self.core, self.isUpstream) = (pair, core, isUpstream)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            guard isUpstream else {
                if String(buffer: bytes).contains(TrackingState.channel) { pair.side = .tracking }
                return pair.upstream.writeAndFlush(bytes, promise: nil)
            }
            pair.holdBack(bytes)
            if !core.held.contains(pair.side) { pair.passOn() }
        }

        func channelInactive(context: ChannelHandlerContext) {
            core.pairs.removeAll { $0 === pair }
            pair.close()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
