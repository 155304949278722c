/// The bounds of one kind of WebSocket.
public struct WebSocketConfiguration: Sendable {
    /// The largest message, in bytes, put together from its fragments. A larger one ends the connection with 1009.
    public var maximumMessageBytes = 64 << 10
    /// How many bytes may wait for a client that does not take them. More end the connection with 4008.
    public var maximumQueuedBytes = 256 << 10
    /// How many messages may wait; more end the connection with 4008.
    public var maximumQueuedMessages = 1024
    /// Whether binary messages are taken, rather than answered with 1003.
    public var acceptsBinary = false
    /// Nothing heard for so long, or up to a quarter less: the client is sent a ping.
    public var pingInterval = Duration.seconds(20)
    /// Nothing heard for so long, not even an answer to a ping: the connection is ended. Longer than ``pingInterval``.
    public var silenceLimit = Duration.seconds(45)
    /// How long the client has for its part of closing.
    public var closeTimeout = Duration.seconds(5)
    /// When the server stops, its connections are closed one after the other over so long, so that not all come back elsewhere in
    /// the same moment. With ``closeTimeout`` it has to fit into the 20 s that a stopping service has.
    public var shutdownSpread = Duration.zero

    public init() {}

    /// What is measured in turns of the timer wheel must not be shorter than one of them.
    var shortestTime: Duration {
        min(pingInterval, silenceLimit, closeTimeout)
    }
}
