import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Chat

/// A client that keeps whatever it is told.
final class TestClient: ChatOutput {
    let eventLoop: any EventLoop
    private let state: Mutex<State>
    private let connection = Mutex<NIOLoopBound<ChatConnection>?>(nil)

    private struct State {
        var told: [ChatEvent.Content] = []
        /// So much it takes before it wants to be asked again.
        var capacity: Int
        var isReceiving = true
    }

    private init(eventLoop: any EventLoop, capacity: Int) {
        self.eventLoop = eventLoop
        state = Mutex(State(capacity: capacity))
    }

    /// - Parameters:
    ///   - isReady: whether it takes what it has missed.
    ///   - capacity: how many events it takes before ``becomeReady()``.
    static func connect(
        _ user: UserName, to chat: Chat, on eventLoop: any EventLoop, isReady: Bool = true, capacity: Int = .max,
        isAwaited: Bool = true
    ) async throws -> TestClient {
        let client = TestClient(eventLoop: eventLoop, capacity: isReady ? capacity : 0)
        try await eventLoop.submit {
            let connection = NIOLoopBound(chat.connect(user, output: client), eventLoop: eventLoop)
            client.connection.withLock { $0 = connection }
        }.get()
        if isAwaited && isReady {
            try await eventually("\(user.text) is welcomed", within: .seconds(60)) { client.isWelcomed }
        }
        return client
    }

    func send(_ event: ChatEvent) { state.withLock { $0.told.append(event.content) } }
    var isReady: Bool { state.withLock { $0.told.count < $0.capacity } }
    func setReceiving(_ isReceiving: Bool) { state.withLock { $0.isReceiving = isReceiving } }
    var isReceiving: Bool { state.withLock { $0.isReceiving } }

    func becomeReady() {
        state.withLock { $0.capacity = .max }
        onLoop { $0.outputIsReady() }
    }

    // MARK: What it sends

    func send(_ text: String, to recipient: Recipient, id: String = "id-\(UInt64.random(in: .min ... .max))") {
        receive(.send(NewMessage(id: id, to: recipient, text: text)))
    }

    func receive(_ message: ClientMessage) { onLoop { $0.receive(message) } }

    func close() async throws {
        guard let bound = connection.withLock({ $0 }) else { return }
        try await eventLoop.submit { bound.value.close() }.get()
    }

    private func onLoop(_ body: @escaping @Sendable (ChatConnection) -> Void) {
        guard let bound = connection.withLock({ $0 }) else { return }
        eventLoop.execute { body(bound.value) }
    }

    // MARK: What it was told

    var told: [ChatEvent.Content] { state.withLock { $0.told } }

    var isWelcomed: Bool { told.contains { if case .welcome = $0 { true } else { false } } }

    var messages: [(conversation: ConversationID, epoch: Epoch, message: Message)] {
        told.compactMap {
            if case .message(let conversation, let epoch, let message) = $0 { (conversation, epoch, message) } else { nil }
        }
    }
    var texts: [String] { messages.map(\.message.text) }
    var sent: [SentMessage] { told.compactMap { if case .sent(let sent) = $0 { sent } else { nil } } }
    var presences: [Presence] { told.compactMap { if case .presence(let presence) = $0 { presence } else { nil } } }
    var receipts: [Receipt] { told.compactMap { if case .receipt(_, let receipt) = $0 { receipt } else { nil } } }
    var failures: [ChatError] { told.compactMap { if case .failed(let error, _) = $0 { error } else { nil } } }
    var typing: [UserName] { told.compactMap { if case .typing(_, let user) = $0 { user } else { nil } } }
    var synced: [Int] { told.compactMap { if case .synced(_, _, let seq) = $0 { seq } else { nil } } }

    func seqs(of conversation: ConversationID) -> [Int] {
        messages.filter { $0.conversation == conversation }.map(\.message.seq)
    }

    /// Waits until it has been told so many messages.
    func hears(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await eventually("\(count) messages", within: limit) { messages.count >= count }
    }

    /// Waits until the server says that so many messages are safe.
    func isAssured(of count: Int, within limit: Duration = .seconds(60)) async throws {
        try await eventually("\(count) are safe", within: limit) { sent.count >= count }
    }
}

/// Waits for a condition, and for no longer than that.
func wait(atMost limit: Duration, for condition: () async -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while await !condition(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
}
