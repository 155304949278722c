import Metrics
import Synchronization

/// A route, with what its connections share.
final class WebSocketEndpoint: Sendable {
    let route: WebSocketRoute
    let connections: OpenWebSockets

    init(_ route: WebSocketRoute, connections: OpenWebSockets) {
        (self.route, self.connections) = (route, connections)
    }
}

/// Counts the connections that are open, and lets one wait until none is.
final class OpenWebSockets: Sendable {
    private struct State {
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())
    private let gauge = Gauge(label: "websocket_connections")

    var count: Int { state.withLock { $0.count } }

    func opened() {
        gauge.record(
            state.withLock { state in
                state.count += 1
                return state.count
            })
    }

    func closed(_ end: WebSocketEnd) {
        let (count, waiting) = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return (state.count, [CheckedContinuation<Void, Never>]()) }
            defer { state.waiting = [] }
            return (0, state.waiting)
        }
        gauge.record(count)
        Counter(label: "websocket_connections_ended", dimensions: [("by", end.label)]).increment()
        for continuation in waiting { continuation.resume() }
    }

    func untilNoneIsOpen() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.count > 0 else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}

extension WebSocketEnd {
    /// Without the client's code, which he chooses.
    fileprivate var label: String {
        switch self {
        case .byClient: "client"
        case .byServer(let code, _): "server-\(code.rawValue)"
        case .lost: "lost"
        case .silent: "silent"
        }
    }
}
