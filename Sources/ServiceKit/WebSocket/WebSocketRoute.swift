/// A path whose `GET` is a WebSocket.
///
/// The request's identity is established as on any request; without one the upgrade is answered 401.
public struct WebSocketRoute: Sendable {
    let path: WebSocketPath
    let configuration: WebSocketConfiguration
    let authorize: @Sendable (WebSocketRequest) async throws -> Void
    let open: @Sendable (WebSocketConnection, WebSocketRequest) -> any WebSocketSession

    /// - Parameters:
    ///   - path: literal segments, and `{name}` for a parameter: `/v1/rides/{id}/ws`.
    ///   - authorize: asked when the identity is known, before the upgrade. What it throws is the answer: a ``Problem`` as it is. It
    ///     may be asked twice for a request that it refuses.
    ///   - open: called on the connection's event loop when the upgrade has been answered. Messages may be sent at once.
    public init(
        _ path: String, configuration: WebSocketConfiguration = WebSocketConfiguration(),
        authorize: @escaping @Sendable (WebSocketRequest) async throws -> Void = { _ in },
        open: @escaping @Sendable (WebSocketConnection, WebSocketRequest) -> any WebSocketSession
    ) {
        (self.path, self.configuration) = (WebSocketPath(path), configuration)
        (self.authorize, self.open) = (authorize, open)
    }
}
