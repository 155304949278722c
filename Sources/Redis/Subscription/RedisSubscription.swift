import DequeModule
import Synchronization

/// What a reader of a subscription is told, in order.
public enum RedisSubscriptionEvent: Sendable, Hashable {
    /// The server has confirmed the subscription, for the first time or again after a loss. What was published before
    /// this moment and not delivered will not come any more: read anew whatever you derive from the messages.
    case subscribed
    /// The connection was lost. Until the next ``subscribed`` nothing arrives.
    case interrupted
    /// The reader was too slow, and so many messages were dropped here.
    case dropped(Int)
    case message(RedisMessage)
}

/// A message that was published.
public struct RedisMessage: Sendable, Hashable {
    public let channel: String
    public let payload: [UInt8]

    /// The payload as text; what is not UTF-8 in it is replaced.
    public var text: String { String(decoding: payload, as: UTF8.self) }
}

/// The messages of some channels, and the gaps between them. One reader; a bounded buffer stands before it.
public final class RedisSubscription: AsyncSequence, AsyncIteratorProtocol, Sendable {
    public typealias Element = RedisSubscriptionEvent
    public typealias Failure = Never

    let channels: Set<String>
    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        var events: Deque<RedisSubscriptionEvent> = []
        var dropped = 0
        var reader: CheckedContinuation<RedisSubscriptionEvent?, Never>?
        var isFinished = false

        /// The gap is told in its place: after what was kept before it, before what came after.
        mutating func append(_ event: RedisSubscriptionEvent) {
            if dropped > 0 {
                events.append(.dropped(dropped))
                dropped = 0
            }
            events.append(event)
        }

        /// However often the connection goes and comes back unread, its last loss and return are enough to tell.
        mutating func mergeUnreadStatus() {
            var wasInterrupted = false
            loop: while let last = events.last {
                switch last {
                case .message: break loop
                case .dropped(let count): dropped += count
                case .interrupted: wasInterrupted = true
                case .subscribed: break
                }
                events.removeLast()
            }
            if wasInterrupted { append(.interrupted) }
        }

        mutating func takeNext() -> RedisSubscriptionEvent? {
            if let event = events.popFirst() { return event }
            guard dropped > 0 else { return nil }
            defer { dropped = 0 }
            return .dropped(dropped)
        }
    }

    init(channels: [String], capacity: Int) {
        self.channels = Set(channels)
        self.capacity = Swift.max(1, capacity)
    }

    public func makeAsyncIterator() -> RedisSubscription { self }

    /// The next event; nil when the client was closed or the reading task cancelled.
    public func next() async -> RedisSubscriptionEvent? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let event: RedisSubscriptionEvent?? = state.withLock { state in
                    precondition(state.reader == nil, "a subscription has one reader")
                    if Task.isCancelled { return .some(nil) }
                    if let event = state.takeNext() { return .some(event) }
                    if state.isFinished { return .some(nil) }
                    state.reader = continuation
                    return nil
                }
                if let event { continuation.resume(returning: event) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }

    func deliver(_ event: RedisSubscriptionEvent) {
        let reader = state.withLock { state -> CheckedContinuation<RedisSubscriptionEvent?, Never>? in
            if state.isFinished { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            // Only messages are dropped. Of the others there are few: repeats say nothing new.
            if case .message = event {
                if state.events.count >= capacity { state.dropped += 1 } else { state.append(event) }
            } else {
                if state.events.count >= capacity { state.mergeUnreadStatus() }
                if state.dropped > 0 || state.events.last != event { state.append(event) }
            }
            return nil
        }
        reader?.resume(returning: event)
    }

    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}
