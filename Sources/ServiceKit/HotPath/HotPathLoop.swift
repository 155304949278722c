import NIOCore

/// What the connections of one event loop share: who answers, and the end of the turn, when replies are written.
///
/// A turn of the event loop reads from all connections first and then writes to all of them. The writes lie close
/// together, so a client of many connections is woken once for many replies instead of once for each.
final class HotPathLoop {
    let respond: HotPath.Responder
    private let eventLoop: any EventLoop
    private var due: [HotPathHandler] = []

    init(_ hotPath: HotPath, eventLoop: any EventLoop) {
        respond = hotPath.makeResponder(eventLoop)
        self.eventLoop = eventLoop
    }

    /// Calls the handler's ``HotPathHandler/turnEnded()`` when all reads of this turn are done.
    func callAtEndOfTurn(_ handler: HotPathHandler) {
        due.append(handler)
        if due.count == 1 { eventLoop.assumeIsolated().execute { self.endTurn() } }
    }

    private func endTurn() {
        let handlers = due
        due.removeAll()
        due.reserveCapacity(handlers.count)
        for handler in handlers { handler.turnEnded() }
    }
}
