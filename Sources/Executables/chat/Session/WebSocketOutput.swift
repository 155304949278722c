import Chat
import NIOCore
import ServiceKit

/// Brings a connection's events to its WebSocket. What goes to many is encoded once.
struct WebSocketOutput: ChatOutput {
    let connection: WebSocketConnection
    let maximumMessageBytes: Int

    var eventLoop: any EventLoop { connection.eventLoop }
    var isReady: Bool { connection.isWritable }

    func send(_ event: ChatEvent) {
        let frame = event.encoded {
            EncodedFrame(message: WebSocketMessage(ServerFrame($0, maximumMessageBytes: maximumMessageBytes).text))
        }
        connection.send(frame.message)
    }

    func setReceiving(_ isReceiving: Bool) {
        if isReceiving { connection.resumeReceiving() } else { connection.pauseReceiving() }
    }
}

/// What an event is encoded to.
private final class EncodedFrame: Sendable {
    let message: WebSocketMessage

    init(message: WebSocketMessage) { self.message = message }
}
