import NIOCore

/// Members who each have a connection, and their messages. Each is to reach every member but its sender once, and to be confirmed to
/// him once; anything else fails the run.
///
/// Everything happens on one event loop.
final class MemberGroup {
    let number: Int
    let dialect: Dialect
    private let load: Load
    private let memberCount: Int
    var connections: [MemberConnection] = []
    private var inFlight: CircularBuffer<MessageInFlight> = []
    /// The number of the first that is in flight.
    private var first = 0

    init(_ number: Int, members: Int, _ dialect: Dialect, _ load: Load) {
        (self.number, memberCount, self.dialect, self.load) = (number, members, dialect, load)
    }

    /// The members take turns, and so do their servers.
    func send(due: NIODeadline) {
        let next = first + inFlight.count
        let sender = next % memberCount
        inFlight.append(MessageInFlight(due: due, sender: sender, members: memberCount))
        connections[sender].send(dialect.message(group: number, number: next))
    }

    func received(_ group: Int, _ message: Int, by member: Int, at now: NIODeadline) throws {
        let isOwn = try note(group, message, member)
        // A server that sends a message back to its sender confirms it so.
        if isOwn, dialect.hasWelcome { throw ClientError.unexpected("a message, to its sender") }
        settle(message, at: now, isDelivery: !isOwn)
    }

    func confirmed(_ group: Int, _ message: Int, to member: Int, at now: NIODeadline) throws {
        guard try note(group, message, member) else { throw ClientError.unexpected("a confirmation, to somebody else") }
        settle(message, at: now, isDelivery: false)
    }

    /// - Returns: whether the member has sent it.
    private func note(_ group: Int, _ message: Int, _ member: Int) throws -> Bool {
        guard group == number, message < first + inFlight.count else {
            throw ClientError.unexpected("message \(message) of group \(group), in group \(number)")
        }
        guard message >= first, inFlight[offset: message - first].note(member) else {
            throw ClientError.unexpected("message \(message) of group \(group), twice")
        }
        return inFlight[offset: message - first].sender == member
    }

    private func settle(_ message: Int, at now: NIODeadline, isDelivery: Bool) {
        let flight = inFlight[offset: message - first]
        if isDelivery { load.delivered(at: now, due: flight.due) }
        guard flight.missing == 0 else { return }
        while let oldest = inFlight.first, oldest.missing == 0 {
            inFlight.removeFirst()
            first += 1
        }
        load.settled(self)
    }

    func fail(_ error: any Error) { load.fail(error) }
}

extension CircularBuffer {
    fileprivate subscript(offset offset: Int) -> Element { self[index(startIndex, offsetBy: offset)] }
}
