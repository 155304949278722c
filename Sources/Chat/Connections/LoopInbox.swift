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
    /// Everything has arrived up to this moment; milliseconds since 1970 by Redis' clock.
    case complete(through: Int)
}

/// The way to the connections of one event loop: however many events come meanwhile, it is woken once.
final class LoopInbox: Sendable {
    let eventLoop: any EventLoop
    let connections: NIOLoopBoundBox<ConnectionLoop>
    private let events = Mutex<[LoopEvent]>([])

    init(_ eventLoop: any EventLoop, services: ChatServices) {
        self.eventLoop = eventLoop
        connections = .makeBoxSendingValue(ConnectionLoop(eventLoop, services), eventLoop: eventLoop)
    }

    func deliver(_ event: LoopEvent) {
        let isFirst = events.withLock { events in
            events.append(event)
            return events.count == 1
        }
        if isFirst { eventLoop.execute { self.take() } }
    }

    private func take() {
        let events = events.withLock { events in
            defer { events = [] }
            return events
        }
        let connections = connections.value
        for event in events { connections.hear(event) }
    }
}
