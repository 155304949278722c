import NIOCore

/// Which instances share the limits: those whose heartbeat was heard lately.
struct InstanceRoster: Sendable {
    /// An instance that was silent for this long is gone.
    static let lifetime = TimeAmount.seconds(3)

    private var lastHeard: [String: NIODeadline] = [:]
    private var latest = NIODeadline.uptimeNanoseconds(0)

    mutating func heard(_ instance: String, at now: NIODeadline) {
        lastHeard[instance] = now
        latest = max(latest, now)
        if lastHeard.count > 1 { lastHeard = lastHeard.filter { $0.value + Self.lifetime >= latest } }
    }

    /// After a time in which nobody could be heard, everybody has as long again to be heard.
    mutating func listensAgain(at now: NIODeadline) {
        lastHeard = lastHeard.mapValues { _ in now }
    }

    /// How many there were when any was last heard: without Redis nobody is heard, and nobody is gone for that.
    var count: Int { max(1, lastHeard.count) }
}
