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
        connection.send(
            event.encoded { WebSocketMessage(ServerFrame($0, maximumMessageBytes: maximumMessageBytes).text) })
    }

    func setReceiving(_ isReceiving: Bool) {
        if isReceiving { connection.resumeReceiving() } else { connection.pauseReceiving() }
    }
}
