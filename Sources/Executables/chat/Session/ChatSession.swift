import Chat
import HTTPTypes
import Metrics
import NIOCore
import ServiceKit

/// One client's WebSocket.
final class ChatSession: WebSocketSession {
    private let connection: WebSocketConnection
    private let client: ChatConnection
    private let maximumMessageBytes: Int

    /// On the connection's event loop.
    init(_ connection: WebSocketConnection, of user: UserName, chat: Chat, maximumMessageBytes: Int) {
        (self.connection, self.maximumMessageBytes) = (connection, maximumMessageBytes)
        client = chat.connect(user, output: WebSocketOutput(connection: connection, maximumMessageBytes: maximumMessageBytes))
    }

    func received(text: ByteBuffer) {
        let message: ClientMessage
        do throws(FrameError) {
            message = try ClientFrame.decode(text)
        } catch {
            Counter(label: "chat_frames_refused_total", dimensions: [("code", error.code)]).increment()
            return connection.send(ServerFrame(error).text)
        }
        if case .send(let message) = message, message.text.utf8.count > maximumMessageBytes {
            // As a frame that is too large for whatever it holds.
            return connection.close(.tooLarge, reason: "text: 1 to \(maximumMessageBytes) bytes.")
        }
        client.receive(message)
    }

    func drained() { client.outputIsReady() }

    func closed(_ end: WebSocketEnd) { client.close() }
}

extension WebSocketRoute {
    /// `/v1/ws`.
    static func ofChat(
        _ chat: Chat, configuration: WebSocketConfiguration, maximumMessageBytes: Int, connectionsPerUser: Int
    ) -> WebSocketRoute {
        WebSocketRoute("/v1/ws", configuration: configuration) { request in
            let user: UserName
            do throws(ChatError) { user = try UserName(validating: request.user) } catch { throw error.problem }
            guard chat.connectionCount(of: user) < connectionsPerUser else {
                throw Problem(.tooManyRequests, "You have \(connectionsPerUser) connections here: no more are allowed.")
            }
        } open: { connection, request in
            guard let user = try? UserName(validating: request.user) else { return NobodysSession(connection) }
            return ChatSession(connection, of: user, chat: chat, maximumMessageBytes: maximumMessageBytes)
        }
    }
}

/// Of somebody who was refused before, and does not come here.
private final class NobodysSession: WebSocketSession {
    init(_ connection: WebSocketConnection) { connection.close(.policyViolation) }

    func received(text: ByteBuffer) {}
    func closed(_ end: WebSocketEnd) {}
}
