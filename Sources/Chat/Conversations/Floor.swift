/// The latest that a server has seen of a conversation: what is stored may not be less.
struct Floor: Sendable, Hashable {
    var seq: Int
    /// Milliseconds since 1970; nil: not known.
    var at: Int?
    var epoch: Epoch
    let audience: Audience
    /// The latest number that was heard from the server's channel, where one conversation's come in order.
    var heard = 0

    /// What a reply or an event tells.
    static func note(_ floor: Floor?, seq: Int, at: Int?, epoch: Epoch, audience: Audience) -> Floor {
        guard var known = floor else { return Floor(seq: seq, at: at, epoch: epoch, audience: audience) }
        if seq > known.seq { (known.seq, known.at, known.epoch) = (seq, at, epoch) }
        return known
    }

    /// Whether an event can follow what was heard before; notes it.
    static func hear(_ floor: Floor?, _ event: MessageEvent) -> (Floor, isInOrder: Bool) {
        let (seq, epoch) = (event.position.seq, event.position.epoch)
        var isInOrder = true
        if let floor, !event.isRepeat { isInOrder = seq > floor.heard && (epoch == floor.epoch || seq > floor.seq) }
        var next = note(floor, seq: seq, at: event.at, epoch: epoch, audience: event.audience)
        next.heard = max(next.heard, seq)
        return (next, isInOrder)
    }
}
