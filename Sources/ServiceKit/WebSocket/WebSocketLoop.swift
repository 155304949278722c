import NIOCore

/// What the connections of one event loop share: the end of the turn, when messages are written; the wheel that is the timer of
/// all; memory for the message at hand.
final class WebSocketLoop {
    let eventLoop: any EventLoop
    /// Of one turn of the wheel.
    let turn: TimeAmount
    var space = ByteBuffer()
    private var due: [WebSocketHandler] = []
    private var wheel = TimerWheel<WebSocketHandler>()
    private let start: NIODeadline
    private var isTurning = false

    init(_ eventLoop: any EventLoop, turn: TimeAmount) {
        (self.eventLoop, self.turn) = (eventLoop, turn)
        start = eventLoop.now
    }

    /// In turns of the wheel. It stands still while there is no connection, and is late when the event loop is.
    var now: Int { wheel.now }
    /// Whether nobody waits for anything.
    var isIdle: Bool { wheel.count == 0 }

    /// So many turns make up at least this time.
    func turns(_ time: Duration) -> Int {
        Int((TimeAmount(time).nanoseconds + turn.nanoseconds - 1) / turn.nanoseconds)
    }

    /// Calls the handler's ``WebSocketHandler/turnEnded()`` when all reads of this turn of the event loop are done.
    func callAtEndOfTurn(_ handler: WebSocketHandler) {
        due.append(handler)
        if due.count == 1 { eventLoop.assumeIsolated().execute { self.endTurn() } }
    }

    private func endTurn() {
        let handlers = due
        due.removeAll(keepingCapacity: handlers.count < 1024)
        for handler in handlers { handler.turnEnded() }
    }

    /// Calls the handler's ``WebSocketHandler/timerFired(_:)``.
    /// - Returns: at which turn: not before the next.
    func call(_ handler: WebSocketHandler, at due: Int) -> Int {
        let due = max(due, now + 1)
        wheel.add(handler, due: due)
        turnOn()
        return due
    }

    /// Has the wheel's time follow the clock, before something is said to begin now.
    func catchUp() {
        if wheel.count == 0 { _ = wheel.turn(to: elapsed) }
    }

    private var elapsed: Int { Int((eventLoop.now - start).nanoseconds / turn.nanoseconds) }

    private func turnOn() {
        guard !isTurning, wheel.count > 0 else { return }
        isTurning = true
        eventLoop.assumeIsolated().scheduleTask(in: turn) {
            self.isTurning = false
            for (due, handler) in self.wheel.turn(to: self.elapsed) { handler.timerFired(due) }
            self.turnOn()
        }
    }

    /// Ends all connections, without a word.
    func abort() {
        for handler in wheel.elements { handler.abort() }
    }
}
