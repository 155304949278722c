import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Connections that begin on the hot path and become the router's with the first request that is not plain.
///
/// The router's handlers are added only then, so a connection with hot requests alone never pays for them.
struct HotPathChannel: ServerChildChannel {
    private let router: HTTP1Channel
    private let idleTimeout: TimeAmount
    private let parser: HotPathParser
    private let loops: HotPathLoops

    init(hotPath: HotPath, router: HTTP1Channel, idleTimeout: TimeAmount) {
        (self.router, self.idleTimeout) = (router, idleTimeout)
        parser = HotPathParser(prefix: hotPath.prefix)
        loops = HotPathLoops(hotPath)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// The router's part of the connection; fails when the connection ended before.
        let routed: EventLoopFuture<HTTP1Channel.Value>
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let routed = channel.eventLoop.makePromise(of: HTTP1Channel.Value.self)
            // A connection that comes while the server stops is closed before it was ever active, and its handlers hear nothing.
            channel.closeFuture.whenComplete { _ in routed.fail(ChannelError.ioOnClosedChannel) }
            let handler = HotPathHandler(
                parser: parser, loop: loops.loop(of: channel.eventLoop), idleTimeout: idleTimeout,
                handOver: { routed.completeWith(router.setup(channel: channel, logger: logger)) },
                ended: { routed.fail(ChannelError.ioOnClosedChannel) })
            try channel.pipeline.syncOperations.addHandler(handler)
            return Value(channel: channel, routed: routed.futureResult)
        }
    }

    func handle(value: Value, logger: Logger) async {
        let routed = try? await withTaskCancellationHandler {
            try await value.routed.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
        if let routed { await router.handle(value: routed, logger: logger) }
    }
}

/// One ``HotPathLoop`` for each event loop, made with its first connection.
private final class HotPathLoops: Sendable {
    private let hotPath: HotPath
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<HotPathLoop>]>([:])

    init(_ hotPath: HotPath) {
        self.hotPath = hotPath
    }

    /// On the event loop only.
    func loop(of eventLoop: any EventLoop) -> HotPathLoop {
        loops.withLock { loops in
            if let known = loops[ObjectIdentifier(eventLoop)] { return known }
            let new = NIOLoopBound(HotPathLoop(hotPath, eventLoop: eventLoop), eventLoop: eventLoop)
            loops[ObjectIdentifier(eventLoop)] = new
            return new
        }.value
    }
}
