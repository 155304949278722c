/// What is due on a connection, and when. Times are turns of the timer wheel.
///
/// Half-open connections, whose other end vanished without a word, are found by their silence.
struct Timetable {
    enum Call: Equatable {
        case wait(until: Int)
        /// The client is asked whether it is there.
        case ping(until: Int)
        case silent
        /// It is this connection's turn to be closed by a server that stops.
        case stop
        /// The client has not done its part of closing.
        case giveUp
    }

    let pingAfter: Int
    let silentAfter: Int
    private(set) var lastHeard: Int
    var stopAt = Int.max
    var giveUpAt = Int.max

    init(now: Int, pingAfter: Int, silentAfter: Int) {
        (lastHeard, self.pingAfter, self.silentAfter) = (now, pingAfter, silentAfter)
    }

    mutating func heard(at now: Int) {
        lastHeard = now
    }

    func call(at now: Int) -> Call {
        if giveUpAt < .max { return now >= giveUpAt ? .giveUp : .wait(until: giveUpAt) }
        if now >= stopAt { return .stop }
        let silence = now - lastHeard
        if silence >= silentAfter { return .silent }
        let silentAt = min(lastHeard + silentAfter, stopAt)
        return silence >= pingAfter
            ? .ping(until: min(now + pingAfter, silentAt)) : .wait(until: min(lastHeard + pingAfter, silentAt))
    }
}
