/// How a connection came to its end.
public enum WebSocketEnd: Sendable, Equatable {
    /// The client closed it. Without a code when its close frame had none.
    case byClient(WebSocketCloseCode?, reason: String)
    /// The application closed it, the server stops, the client broke the protocol or did not take its messages.
    case byServer(WebSocketCloseCode, reason: String)
    /// It ended without a close frame.
    case lost
    /// Nothing was heard for longer than ``WebSocketConfiguration/silenceLimit``.
    case silent
}
