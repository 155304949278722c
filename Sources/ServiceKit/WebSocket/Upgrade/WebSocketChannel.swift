import HummingbirdCore
import Logging
import NIOCore

/// Connections that may become WebSockets with their first request; all others become the router's.
///
/// A WebSocket has no task: it is channel handlers, and so idle ones are cheap.
struct WebSocketChannel<Router: ServerChildChannel>: ServerChildChannel {
    let server: WebSocketServer
    let router: Router
    let idleTimeout: TimeAmount

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// The router's part of the connection; nil when it has none.
        let routed: EventLoopFuture<Router.Value?>
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let routed = channel.eventLoop.makePromise(of: Router.Value?.self)
            // A connection that comes while the server stops is closed before it was ever active, and its handlers hear nothing.
            channel.closeFuture.whenComplete { _ in routed.succeed(nil) }
            let handler = UpgradeHandler(
                server, idleTimeout: idleTimeout,
                handOver: { routed.completeWith(router.setup(channel: channel, logger: logger).map { $0 }) },
                done: { routed.succeed(nil) })
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
