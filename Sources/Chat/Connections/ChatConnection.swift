import DequeModule
import NIOCore

/// A user's connection. Everything about it happens on its event loop, and it has neither a task nor a timer of its own.
public final class ChatConnection {
    public let id = ConnectionID.random()
    public var user: UserName { localUser.name }

    let localUser: LocalUser
    let output: any ChatOutput
    /// nil: it is closed.
    private(set) var loop: ConnectionLoop?
    var delivery = Delivery<ChatEvent>()
    /// As of this moment everything that the user had not received is known; milliseconds since 1970 by Redis' clock.
    var drainedFrom: Int?
    /// Up to this moment it was written that the user has received everything.
    var notedThrough: Int?
    /// Acknowledgements that have not been written yet.
    var cursors: [ConversationID: CursorChange] = [:]
    var watched: Set<UserName> = []
    /// Those of whom the client is to be told next.
    var unanswered: Set<UserName> = []
    /// When it was last told to whom that the user is typing.
    private var typedAt: [ConversationID: NIODeadline] = [:]

    private var inbox: Deque<ClientMessage> = []
    /// What is being done of the inbox.
    private(set) var current: ClientMessage?
    private var isPaused = false

    /// Others are told no more often that the user is typing.
    private static let typingInterval = TimeAmount.seconds(1)
    private static let typingLimit = 16

    /// More are not taken from the client until fewer wait.
    private static let inboxLimit = 64

    init(user: LocalUser, output: any ChatOutput, loop: ConnectionLoop) {
        (localUser, self.output, self.loop) = (user, output, loop)
    }

    var isOpen: Bool { loop != nil }

    /// Does what the client wants, one thing after the other.
    public func receive(_ message: ClientMessage) {
        guard isOpen else { return }
        inbox.append(message)
        proceed()
        if inbox.count >= Self.inboxLimit, !isPaused {
            isPaused = true
            output.setReceiving(false)
        }
    }

    /// ``ChatOutput/isReady`` is true again.
    public func outputIsReady() {
        loop?.readOn(self)
        proceed()
    }

    /// The client is gone. What it has acknowledged is still written.
    public func close() {
        loop?.close(self)
        loop = nil
        inbox = []
    }

    func send(_ content: ChatEvent.Content) { output.send(ChatEvent(content)) }

    func fail(_ error: ChatError, id: String? = nil) { send(.failed(error, id: id)) }

    /// Before anything else that waits, once the client takes it.
    func performNext(_ message: ClientMessage) { inbox.prepend(message) }

    /// What was begun is done.
    func done() {
        current = nil
        proceed()
        if isPaused, inbox.count < Self.inboxLimit / 4 {
            isPaused = false
            output.setReceiving(true)
        }
    }

    private func proceed() {
        while isOpen, current == nil, output.isReady, delivery.phase != .opening, let message = inbox.popFirst() {
            current = message
            loop?.perform(message, for: self)
        }
    }

    /// Whether it is time to tell a conversation again that the user is typing; notes it.
    func mayTellTyping(to conversation: ConversationID, now: NIODeadline) -> Bool {
        if typedAt.count >= Self.typingLimit { typedAt = typedAt.filter { $0.value + Self.typingInterval > now } }
        if let last = typedAt[conversation], last + Self.typingInterval > now { return false }
        guard typedAt.count < Self.typingLimit else { return false }
        typedAt[conversation] = now
        return true
    }

    /// Whether a message is the one that is being sent by this connection.
    func isSending(id: String, from sender: UserName) -> Bool {
        current?.id == id && sender == user
    }
}

/// How far a client has acknowledged a conversation.
struct CursorChange: Sendable, Hashable {
    var received: Int?
    var read: Int?
    let epoch: Epoch?

    /// Both together. Numbers of another epoch are not compared: the later ones count.
    func followed(by next: CursorChange) -> CursorChange {
        guard next.epoch == epoch else { return next }
        return CursorChange(
            received: [received, next.received].compactMap { $0 }.max(), read: [read, next.read].compactMap { $0 }.max(),
            epoch: epoch)
    }
}
