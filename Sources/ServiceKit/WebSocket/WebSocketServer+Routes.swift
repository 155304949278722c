import HTTPTypes
import Hummingbird
import NIOCore

extension WebSocketServer {
    /// The same paths in the router: what is refused is answered there, and what is granted on a connection that is the router's
    /// becomes a WebSocket there.
    func addRoutes(to router: Router<ServiceRequestContext>) {
        for endpoint in endpoints {
            router.get(RouterPath(endpoint.route.path.pattern)) { request, context in
                let admission = try await self.admit(request, to: endpoint, remoteAddress: context.remoteAddress)
                let channel = context.channel
                try await channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.handler(type: LateUpgradeHandler.self).expect(admission)
                }.get()
                return Response(status: .switchingProtocols, headers: WebSocketHandshake.headers(accept: admission.accept))
            }
        }
    }
}
