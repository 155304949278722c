/// How far the closing of a connection has come (RFC 6455, section 7).
struct Closing {
    enum Phase: Equatable {
        case open
        /// The server's close frame is on its way; the client's is waited for.
        case awaitingClient
        /// The client's close frame has come, and is being answered.
        case answering
        /// The client is told why, and not listened to any more.
        case failing
        /// It has been told. It has a while to end the connection.
        case lingering
        case ended
    }

    enum Action: Equatable {
        case nothing
        /// Ends the sending side. Closed with bytes unread, a connection is reset, and the client may never read why.
        case endSending
        case endConnection
    }

    private(set) var phase = Phase.open
    private var clientHasClosed = false
    private var isFlushed = false

    /// The server closes.
    /// - Returns: false when the closing is under way already.
    mutating func begin() -> Bool {
        guard phase == .open else { return false }
        phase = .awaitingClient
        return true
    }

    /// The client has broken the protocol, or does not take what it is sent.
    /// - Returns: false when a close frame has been sent before.
    mutating func fail() -> Bool {
        defer { if phase == .open || phase == .awaitingClient { phase = .failing } }
        return phase == .open
    }

    /// The client's close frame has come, or nothing will come any more.
    /// - Returns: whether it wants an answer.
    mutating func clientClosed() -> Bool {
        clientHasClosed = true
        guard phase == .open else { return false }
        phase = .answering
        return true
    }

    /// All has been written.
    mutating func flushed() {
        isFlushed = true
    }

    /// What is to be done now.
    mutating func advance() -> Action {
        guard isFlushed else { return .nothing }
        switch phase {
        case .answering, .awaitingClient:
            guard clientHasClosed else { return .nothing }
            phase = .ended
            return .endConnection
        case .failing:
            phase = clientHasClosed ? .ended : .lingering
            return clientHasClosed ? .endConnection : .endSending
        case .open, .lingering, .ended: return .nothing
        }
    }

    /// The time is up, or the connection is gone.
    mutating func end() {
        phase = .ended
    }
}
