public import NIOCore

/// The application's side of one connection. All calls come on the connection's event loop, none after ``closed(_:)``.
public protocol WebSocketSession: AnyObject {
    /// A whole message, valid UTF-8, within ``WebSocketConfiguration/maximumMessageBytes``.
    ///
    /// The buffer serves the next message too: what is kept beyond the call is better copied out of it.
    func received(text: ByteBuffer)
    /// A whole binary message; only with ``WebSocketConfiguration/acceptsBinary``.
    func received(binary: ByteBuffer)
    /// All that waited has been taken, after ``WebSocketConnection/isWritable`` was false.
    func drained()
    /// The server stops. The connection is closed with 1001 within ``WebSocketConfiguration/shutdownSpread``.
    func stopping()
    /// No message comes or goes any more. Called exactly once, and never from within a call of the connection.
    func closed(_ end: WebSocketEnd)
}

extension WebSocketSession {
    public func received(binary: ByteBuffer) {}
    public func drained() {}
    public func stopping() {}
}
