public import NIOCore

/// One client's connection, as the application holds it. What is sent on one that is closed is dropped.
public final class WebSocketConnection: Sendable, Identifiable {
    public let user: String
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketHandler>

    init(user: String, channel: any Channel, handler: WebSocketHandler) {
        (self.user, self.channel) = (user, channel)
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// Where the session's calls come.
    public var eventLoop: any EventLoop { channel.eventLoop }

    /// The peer's address.
    public var remoteAddress: SocketAddress? { channel.remoteAddress }

    /// Sends a text message.
    public func send(_ text: String) {
        send(WebSocketMessage(text))
    }

    /// Sends a message. All that is sent in one turn of the event loop leaves in one write, in order.
    ///
    /// A client that does not take its messages in time is disconnected: see ``WebSocketConfiguration/maximumQueuedBytes``.
    public func send(_ message: WebSocketMessage) {
        // The way that is gone often has no closure to be made.
        if eventLoop.inEventLoop { handler.value.send(message) } else { eventLoop.execute { self.handler.value.send(message) } }
    }

    /// Sends a message to many, with one change of threads for each event loop.
    public static func send(_ message: WebSocketMessage, to connections: some Sequence<WebSocketConnection>) {
        for group in Dictionary(grouping: connections, by: { ObjectIdentifier($0.eventLoop) }).values {
            group[0].onEventLoop { _ in
                for connection in group { connection.handler.value.send(message) }
            }
        }
    }

    /// Closes the connection, behind what has been sent before.
    /// - Parameters:
    ///   - code: 1000 to 1003, 1007 to 1014 or 3000 to 4999; any other becomes 1011.
    ///   - reason: at most 123 bytes; the rest is cut off.
    public func close(_ code: WebSocketCloseCode = .normal, reason: String = "") {
        onEventLoop { $0.close(code.isSendable ? code : .internalError, reason: reason) }
    }

    private func onEventLoop(_ body: @escaping @Sendable (WebSocketHandler) -> Void) {
        if eventLoop.inEventLoop { body(handler.value) } else { eventLoop.execute { body(self.handler.value) } }
    }

    // MARK: On the event loop only

    /// Bytes that the client has not taken yet.
    public var queuedBytes: Int { handler.value.queuedBytes }

    /// Whether the queue is less than half full. When it is not, wait for ``WebSocketSession/drained()``.
    public var isWritable: Bool { handler.value.isQueueShort }

    /// Takes no more messages from the client, who will feel it when his sending comes to a stop. Pings are not read either.
    public func pauseReceiving() {
        handler.value.setReceiving(false)
    }

    public func resumeReceiving() {
        handler.value.setReceiving(true)
    }
}
