import DequeModule
import NIOCore

/// What a connection that tracks writes says to its listener.
enum TrackingEvent: Sendable, Hashable {
    /// From now on writes are heard of.
    case began
    /// These keys were written or removed, by their names in Redis.
    case changed([[UInt8]])
    /// All keys were removed.
    case flushed
    /// All writes that were acknowledged before this moment have been heard of.
    case upToDate(NIODeadline)
    /// Writes are not heard of any more.
    case lost
}

/// The conversation with Redis by which a connection hears of writes: `CLIENT TRACKING` in broadcasting mode, redirected
/// to the connection itself, which is what RESP2 has for it. Pure: it says what to send and what to tell.
///
/// A `PING` is answered behind the invalidations of everything that was acknowledged before it was sent: Redis queues
/// them before it sends the acknowledgement, and one connection keeps its order. So its answer is the proof in
/// ``TrackingEvent/upToDate(_:)``.
struct TrackingState {
    static let channel = "__redis__:invalidate"
    static let pingInterval = TimeAmount.milliseconds(500)
    /// A server that refuses is asked again after this time.
    static let pauseAfterRefusal = TimeAmount.seconds(1)

    enum Action: Hashable {
        case askIdentifier
        /// And subscribe to ``channel``.
        case track(redirect: Int)
        case ping
        case tell(TrackingEvent)
        /// The server does not do this, or not for this user.
        case complain(String)
        case giveUp(String)
    }

    private enum Phase {
        case closed
        case identifying(since: NIODeadline)
        case subscribing(since: NIODeadline)
        /// When the pings were sent that have no answer yet.
        case tracking(pings: Deque<NIODeadline>)
        case refused(since: NIODeadline)
    }
    private var phase = Phase.closed
    private let stallDeadline: TimeAmount

    init(stallDeadline: TimeAmount) {
        self.stallDeadline = stallDeadline
    }

    mutating func opened(now: NIODeadline) -> [Action] {
        phase = .identifying(since: now)
        return [.askIdentifier]
    }

    mutating func closed() -> [Action] {
        phase = .closed
        return [.tell(.lost)]
    }

    mutating func received(_ reply: RedisValue, now: NIODeadline) -> [Action] {
        if case .error(let error) = reply {
            let wasTracking = if case .tracking = phase { true } else { false }
            phase = .refused(since: now)
            return (wasTracking ? [.tell(.lost)] : []) + [.complain(error.text)]
        }
        switch phase {
        case .identifying:
            guard case .integer(let identifier) = reply else { return [] }
            phase = .subscribing(since: now)
            return [.track(redirect: identifier)]
        case .subscribing:
            // The answer to `CLIENT TRACKING` comes before: were it an error, this would not be the phase.
            guard case .array(let parts) = reply, parts.first == .bytes(Array("subscribe".utf8)) else { return [] }
            phase = .tracking(pings: [now])
            return [.tell(.began), .ping]
        case .tracking(let pings): return heard(reply, pings: pings)
        case .closed, .refused: return []
        }
    }

    private mutating func heard(_ reply: RedisValue, pings: Deque<NIODeadline>) -> [Action] {
        guard case .array(let parts) = reply, case .bytes(let kind)? = parts.first else { return [] }
        switch (String(decoding: kind, as: UTF8.self), parts.last) {
        case ("message", .array(let keys)):
            return [.tell(.changed(keys.compactMap { if case .bytes(let key) = $0 { key } else { nil } }))]
        case ("message", .null): return [.tell(.flushed)]
        case ("pong", _):
            var pings = pings
            guard let sentAt = pings.popFirst() else { return [] }
            phase = .tracking(pings: pings)
            return [.tell(.upToDate(sentAt))]
        default: return []
        }
    }

    /// To be called every ``pingInterval``.
    mutating func tick(now: NIODeadline) -> [Action] {
        switch phase {
        case .closed: return []
        case .identifying(let since), .subscribing(let since):
            return since + stallDeadline < now ? [.giveUp("no answer to the request to track writes")] : []
        case .refused(let since):
            return since + Self.pauseAfterRefusal < now ? [.giveUp("tracking of writes was refused")] : []
        case .tracking(var pings):
            if let oldest = pings.first, oldest + stallDeadline < now { return [.giveUp("the tracking connection has stalled")] }
            pings.append(now)
            phase = .tracking(pings: pings)
            return [.ping]
        }
    }
}
