import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Sees to requests for an upgrade on a connection that is the router's already.
///
/// Behind such a request the decoder reads no other: so its answer is the connection's last, whatever was wanted. Unless it is 101:
/// then the connection becomes a WebSocket. Proxies that keep connections open send upgrades on whichever is free. Such a WebSocket
/// takes more memory than others, since the router's handlers stay behind it.
final class LateUpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let server: WebSocketServer?
    private var admission: WebSocketServer.Admission?
    /// Requests whose responses have not been written.
    private var owed = 0
    private var noneFollows = false

    init(_ server: WebSocketServer?) {
        self.server = server
    }

    /// The response with 101 makes a WebSocket of this connection.
    func expect(_ admission: WebSocketServer.Admission) {
        self.admission = admission
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            owed += 1
            noneFollows = head.method == .connect || head.headerFields.wantUpgrade
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let isLast = noneFollows && owed == 1
        switch unwrapOutboundIn(data) {
        case .head(var head) where isLast:
            // 101 has no body, not even an empty one (RFC 9110, section 8.6).
            if admission != nil { head.headerFields[.contentLength] = nil } else { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            owed -= 1
            context.write(data, promise: promise)
            if isLast { end(context) }
        default: context.write(data, promise: promise)
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        context.flush()
        guard let server, let admission else { return context.close(mode: .output, promise: nil) }
        self.admission = nil
        let pipeline = context.pipeline.syncOperations
        // It would close the connection for bringing no requests.
        if let state = try? pipeline.handler(type: HTTPConnectionStateHandler.self) {
            pipeline.removeHandler(state, promise: nil)
        }
        let handler = WebSocketHandler(admission.endpoint, loop: server.loop(of: context.eventLoop))
        guard (try? pipeline.addHandler(handler, position: .first)) != nil else { return context.close(promise: nil) }
        handler.open(admission.request)
    }
}

extension HTTPFields {
    /// As the decoder sees it.
    fileprivate var wantUpgrade: Bool {
        contains(.upgrade) && tokens(.connection).contains("upgrade")
    }
}
