import HummingbirdCore
import Logging
import NIOCore

/// Connections that begin on the hot path and become the router's with the first request that is not plain.
///
/// The router's handlers are added only then, so a connection with hot requests alone never pays for them.
struct HotPathChannel: ServerChildChannel {
    let hotPath: HotPath
    let router: HTTP1Channel
    let idleTimeout: TimeAmount

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// The router's part of the connection; fails when the connection ended before.
        let routed: EventLoopFuture<HTTP1Channel.Value>
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let routed = channel.eventLoop.makePromise(of: HTTP1Channel.Value.self)
            let handler = HotPathHandler(
                hotPath, eventLoop: channel.eventLoop, idleTimeout: idleTimeout,
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
