import Metrics
import NIOCore
import ServiceKit
import Synchronization

/// A connection, and its session on its event loop.
struct Seat<Session: AnyObject>: Sendable {
    let connection: WebSocketConnection
    let session: NIOLoopBound<Session>

    /// Calls it on the event loop, later.
    func perform(_ body: @escaping @Sendable (Session) -> Void) {
        connection.eventLoop.execute { body(session.value) }
    }
}

typealias DriverSeat = Seat<DriverSession>
typealias RiderSeat = Seat<RiderSession>

/// Who is connected to this instance, by what concerns him.
final class Seats<Key: Hashable & Sendable, Session: AnyObject>: Sendable {
    private struct State {
        var seats: [Key: [ObjectIdentifier: Seat<Session>]] = [:]
        var count = 0
    }
    private let state = Mutex(State())
    private let gauge: Gauge

    /// - Parameter label: of the gauge that counts them.
    init(label: String) { gauge = Gauge(label: label) }

    func add(_ seat: Seat<Session>, at key: Key) {
        state.withLock { state in
            state.seats[key, default: [:]][seat.connection.id] = seat
            state.count += 1
            gauge.record(state.count)
        }
    }

    func remove(_ connection: WebSocketConnection.ID, from key: Key) {
        state.withLock { state in
            guard state.seats[key]?.removeValue(forKey: connection) != nil else { return }
            if state.seats[key]?.isEmpty == true { state.seats[key] = nil }
            state.count -= 1
            gauge.record(state.count)
        }
    }

    subscript(key: Key) -> [Seat<Session>] {
        state.withLock { state in state.seats[key].map { Array($0.values) } ?? [] }
    }

    func count(at key: Key) -> Int { state.withLock { $0.seats[key]?.count ?? 0 } }

    var all: [Seat<Session>] { state.withLock { $0.seats.values.flatMap(\.values) } }
}
