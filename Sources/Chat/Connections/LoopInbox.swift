import NIOCore
import Synchronization

/// What an event loop's connections are told.
enum LoopEvent: Sendable {
    /// - Parameters:
    ///   - event: what clients are told; nil: nothing.
    ///   - isCertain: nothing was missed before it.
    case server(ServerEvent.Content, ChatEvent?, isCertain: Bool)
    /// A user who is watched has come or gone.
    case presence(UserName, ChatEvent)
    /// What a connection has asked for. On the way that changes go, so that none overtakes it.
    case answer(Presence, to: NIOLoopBound<ChatConnection>)
    /// Everything has arrived up to this moment; milliseconds since 1970 by Redis' clock.
    case complete(through: Int)

    /// What it holds in memory, in bytes, about.
    fileprivate var size: Int {
        if case .server(.message(let message), _, _) = self { 500 + message.text.utf8.count } else { 500 }
    }
}

/// The way to the connections of one event loop: however many events come meanwhile, it is woken once.
final class LoopInbox: Sendable {
    let eventLoop: any EventLoop
    let connections: NIOLoopBoundBox<ConnectionLoop>
    private let waiting = Mutex((events: [LoopEvent](), bytes: 0))

    /// In bytes. What is more than an event loop can do is read from the logs, when it can.
    private static let limit = 32 << 20

    init(_ eventLoop: any EventLoop, services: ChatServices) {
        self.eventLoop = eventLoop
        connections = .makeBoxSendingValue(ConnectionLoop(eventLoop, services), eventLoop: eventLoop)
    }

    /// On the event loop.
    func connect(_ user: UserName, output: any ChatOutput) -> ChatConnection {
        connections.value.connect(user, output: output, inbox: self)
    }

    /// - Returns: false: too much waits, and nothing comes of a message.
    @discardableResult
    func deliver(_ event: LoopEvent) -> Bool {
        let (isTaken, isFirst) = waiting.withLock { waiting in
            if waiting.bytes > Self.limit, case .server = event { return (false, false) }
            waiting.events.append(event)
            waiting.bytes += event.size
            return (true, waiting.events.count == 1)
        }
        if isFirst { eventLoop.execute { self.take() } }
        return isTaken
    }

    private func take() {
        let events = waiting.withLock { waiting in
            defer { waiting = ([], 0) }
            return waiting.events
        }
        let connections = connections.value
        for event in events { connections.hear(event) }
    }
}
