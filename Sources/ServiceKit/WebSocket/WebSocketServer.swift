import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// The WebSockets of one service: who may have one, and what those that are open share on each event loop.
final class WebSocketServer: Sendable {
    /// A request that may become a WebSocket.
    struct Admission: Sendable {
        let endpoint: WebSocketEndpoint
        let request: WebSocketRequest
        /// The value of `Sec-WebSocket-Accept`.
        let accept: String
    }

    let endpoints: [WebSocketEndpoint]
    let connections = OpenWebSockets()
    private let credentials: Credentials
    private let turn: TimeAmount
    private let loops = Mutex<[ObjectIdentifier: (eventLoop: any EventLoop, shared: NIOLoopBound<WebSocketLoop>)]>([:])

    init(_ routes: [WebSocketRoute], credentials: Credentials) {
        endpoints = routes.map { [connections] in WebSocketEndpoint($0, connections: connections) }
        self.credentials = credentials
        // An eighth of a time is how late it may be.
        let shortest = routes.map { TimeAmount($0.configuration.shortestTime) }.min() ?? .seconds(8)
        turn = max(.milliseconds(5), min(.seconds(1), .nanoseconds(shortest.nanoseconds / 8)))
    }

    func endpoint(of path: some StringProtocol) -> WebSocketEndpoint? {
        endpoints.first { $0.route.path.match(path) != nil }
    }

    /// Decides whether a request for an endpoint may become a WebSocket.
    /// - Throws: what is to be answered if not; a ``Problem`` unless the application had another idea.
    func admit(
        _ request: Request, to endpoint: WebSocketEndpoint, remoteAddress: SocketAddress?
    ) async throws -> Admission {
        let target = request.head.path ?? ""
        let path = target.prefix { $0 != "?" }
        guard let parameters = endpoint.route.path.match(path) else { throw Problem.nothingHere }
        let accept = try WebSocketHandshake.accept(request)
        guard let user = try await credentials.identity(ofWebSocket: request) else {
            throw Problem(
                .unauthorized, "This wants an identity: Authorization: Bearer with a token of a user, or ?access_token=.",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        let admitted = WebSocketRequest(
            user: user, parameters: parameters, headers: request.headers, remoteAddress: remoteAddress,
            queryText: target.dropFirst(path.count + 1))
        try await endpoint.route.authorize(admitted)
        return Admission(endpoint: endpoint, request: admitted, accept: accept)
    }

    /// On the event loop only.
    func loop(of eventLoop: any EventLoop) -> WebSocketLoop {
        loops.withLock { loops in
            if let known = loops[ObjectIdentifier(eventLoop)] { return known.shared }
            let new = NIOLoopBound(WebSocketLoop(eventLoop, turn: turn), eventLoop: eventLoop)
            loops[ObjectIdentifier(eventLoop)] = (eventLoop, new)
            return new
        }.value
    }

    fileprivate func abort() {
        for loop in loops.withLock({ Array($0.values) }) {
            loop.eventLoop.execute { loop.shared.value.abort() }
        }
    }
}

/// Keeps what the connections need running until they have been closed: it ends after the server, and before all else.
struct WebSocketKeeper: Service {
    let server: WebSocketServer

    func run() async throws {
        try? await gracefulShutdown()
        await withTaskCancellationHandler {
            await server.connections.untilNoneIsOpen()
        } onCancel: {
            server.abort()
        }
    }
}
