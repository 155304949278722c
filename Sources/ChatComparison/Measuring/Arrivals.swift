import Chat
import NIOCore
import Synchronization

/// What has come to the members who are connected.
final class Arrivals: Sendable {
    private struct State {
        var welcomed = 0
        var messages = 0
        var expected = Int.max
        /// When all of them had come.
        var completeAt: ContinuousClock.Instant?
        /// The first that was out of order, or doubled.
        var disorder: String?
    }
    private let state = Mutex(State())

    var welcomed: Int { state.withLock { $0.welcomed } }

    func welcome() { state.withLock { $0.welcomed += 1 } }

    /// - Parameter count: of messages that will have come to members, from the beginning.
    func expect(_ count: Int) {
        state.withLock { ($0.expected, $0.completeAt) = (count, nil) }
    }

    func message() {
        state.withLock { state in
            state.messages += 1
            if state.messages == state.expected { state.completeAt = .now }
        }
    }

    func complain(_ sentence: String) {
        state.withLock { $0.disorder = $0.disorder ?? sentence }
    }

    /// - Returns: when all had come; nil: not yet.
    func completeAt() throws -> ContinuousClock.Instant? {
        let (instant, disorder) = state.withLock { ($0.completeAt, $0.disorder) }
        if let disorder { throw FanOutError(.redisFailed, disorder) }
        return instant
    }
}

/// A member's client, in this process.
final class MemberClient: ChatOutput {
    let eventLoop: any EventLoop
    private let arrivals: Arrivals
    private let last = Mutex(0)

    init(eventLoop: any EventLoop, arrivals: Arrivals) {
        (self.eventLoop, self.arrivals) = (eventLoop, arrivals)
    }

    var isReady: Bool { true }

    func send(_ event: ChatEvent) {
        switch event.content {
        case .welcome: arrivals.welcome()
        case .message(_, _, let message):
            let expected = last.withLock { last in
                last += 1
                return last
            }
            if message.seq != expected { arrivals.complain("Message \(message.seq) came in place of \(expected).") }
            arrivals.message()
        case .failed(let error, _): arrivals.complain("\(error)")
        case .sent, .receipt, .typing, .presence, .synced: break
        }
    }
}
