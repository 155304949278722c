public import NIOCore

/// Where a connection's events go: a WebSocket, or whatever else brings them to a client. Everything is called on its event loop.
public protocol ChatOutput: Sendable {
    var eventLoop: any EventLoop { get }

    func send(_ event: ChatEvent)

    /// Whether what a client has missed may be sent on. When it is false, ``ChatConnection/outputIsReady()`` is to be called once it
    /// is true again.
    var isReady: Bool { get }

    /// Whether the client is listened to: not while it sends faster than that can be done.
    func setReceiving(_ isReceiving: Bool)
}

extension ChatOutput {
    public func setReceiving(_ isReceiving: Bool) {}
}
