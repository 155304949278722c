import TestSupport
import Testing

/// A client that is welcome, and keeps whatever it is told until somebody asks for it.
actor ChatClient {
    nonisolated let user: String
    nonisolated let socket: WebSocketClient
    nonisolated let welcome: ServerFrame
    /// What came and was not asked for yet, in order.
    private(set) var kept: [ServerFrame]

    private init(_ user: String, _ socket: WebSocketClient, _ welcome: ServerFrame, _ kept: [ServerFrame]) {
        (self.user, self.socket, self.welcome, self.kept) = (user, socket, welcome, kept)
    }

    /// The server said no to something.
    struct Refused: Error {
        let frame: ServerFrame
    }

    /// - Parameter receiveBuffer: how many bytes the system keeps for it; nil: as many as usual.
    static func join(
        _ service: RunningService, as user: String, receiveBuffer: Int? = nil, patience: Duration = .seconds(20)
    ) async throws -> ChatClient {
        let connection = try await service.connect(patience: patience)
        if let receiveBuffer { try await connection.setReceiveBuffer(receiveBuffer) }
        return try await welcomed(try await .upgrade(connection, "/v1/ws?user=\(segment(user))"), as: user)
    }

    /// From a connection that was opened in another way.
    static func welcomed(_ socket: WebSocketClient, as user: String) async throws -> ChatClient {
        var early: [ServerFrame] = []
        while true {
            let frame: ServerFrame = try await socket.json()
            if frame.type == "welcome" { return ChatClient(user, socket, frame, early) }
            early.append(frame)
        }
    }

    // MARK: Sending

    func tell(_ frame: ClientFrame) async throws { try await socket.send(try frame.json) }

    /// All of them, one behind the other, in one write.
    func tell(_ frames: [ClientFrame]) async throws {
        try await socket.connection.send(try frames.flatMap { WebSocketFrame.text(try $0.json).bytes })
    }

    /// Sends a message, and waits until it is safe.
    /// - Throws: ``Refused`` when it will not be.
    @discardableResult
    func send(_ text: String = "text", to target: Target, id: String = fresh("id")) async throws -> ServerFrame {
        try await tell(.send(id, text, to: target))
        let answer = try await next { $0.id == id && ($0.type == "sent" || $0.type == "error") }
        guard answer.type == "sent" else { throw Refused(frame: answer) }
        return answer
    }

    /// Says how far everything has arrived, and waits until that is known.
    func acknowledge(_ conversation: String, _ seq: Int, at service: RunningService) async throws {
        try await tell(.received(conversation, seq))
        try await eventually("\(user) has received \(seq)") {
            try await service.receipts(of: conversation, as: user).contains { $0.user == user && $0.received >= seq }
        }
    }

    // MARK: Receiving

    /// The next frame of this kind; what comes before it is kept.
    func next(where fits: @Sendable (ServerFrame) -> Bool) async throws -> ServerFrame {
        var looked = 0
        while true {
            while looked < kept.count {
                if fits(kept[looked]) { return kept.remove(at: looked) }
                looked += 1
            }
            kept.append(try await socket.json())
        }
    }

    func next(_ type: String) async throws -> ServerFrame { try await next { $0.type == type } }

    /// The next messages of a conversation, in the order in which they came.
    func messages(_ count: Int, of conversation: String? = nil) async throws -> [ServerFrame] {
        var messages: [ServerFrame] = []
        for _ in 0..<count {
            messages.append(try await next { $0.type == "message" && $0.conversation == conversation ?? $0.conversation })
        }
        return messages
    }

    /// Whatever came before something that was done later is there: the server answers each client in order.
    /// - Returns: what was kept until then.
    @discardableResult
    func settles() async throws -> [ServerFrame] {
        let nobody = fresh("nobody")
        try await tell(.watch([nobody]))
        _ = try await next { $0.type == "presence" && $0.user == nobody }
        return kept
    }

    /// Takes what is kept.
    func take(_ type: String) -> [ServerFrame] {
        defer { kept.removeAll { $0.type == type } }
        return kept.filter { $0.type == type }
    }

    func leave() async throws { try await socket.close() }
}

/// A name that nobody else has.
func fresh(_ name: String) -> String { "\(name)-\(String(UInt32.random(in: .min ... .max), radix: 36))" }

/// A part of a path, each byte of it encoded.
func segment(_ text: String) -> String {
    text.utf8.map { byte in (byte < 16 ? "%0" : "%") + String(byte, radix: 16) }.joined()
}
