import DequeModule

/// What one connection has been given of each conversation, and what it is to be given next. A pure state machine.
///
/// Events may be lost, doubled, late, or out of order: each message is given once, in the order of its conversation. Whatever is
/// uncertain is read from the log, one part after the other, as fast as the client takes it. What the user had not received when the
/// connection was opened comes first.
struct Delivery<Item: Sendable>: Sendable {
    enum Phase: Sendable, Hashable {
        /// It is not known yet what the user has not received.
        case opening
        case draining
        case live
    }

    /// A part of the log that is wanted.
    struct Read: Sendable, Hashable {
        let conversation: ConversationID
        /// Everything after this number; nil: after what the user has received.
        let after: Int?
        let turn: Int
    }

    /// What is known of one conversation.
    struct Progress: Sendable {
        /// Everything up to this number was given; nil: whatever the user had received, when he is first given something.
        var given: Int?
        /// The epoch that the numbers belong to.
        var epoch: Epoch?
        /// Everything up to this number was acknowledged.
        var acknowledged = 0
        /// Whether it waits for its turn to be read.
        var isQueued = false
        /// The user had not received it when the connection was opened.
        var isLeft = false
        /// What is known to exist since its last reading began: that answer may be too old. More than one: of different epochs.
        var wanted: [ConversationPosition] = []
        /// Events that came meanwhile, as many as are kept.
        var held: [(seq: Int, epoch: Epoch, item: Item)] = []
        /// The first that was heard of while nothing was given: somewhere else the user may have received it.
        var first = Int.max
        /// Messages that this very connection has sent, and that it is not given.
        var own: [Int] = []
    }

    private(set) var phase = Phase.opening
    var conversations: [ConversationID: Progress] = [:]
    var queue: Deque<ConversationID> = []
    var reading: Read?
    var turns = 0
    /// So many conversations are left that the user had not received.
    var left = 0
    /// Something could not be read: nobody may say that this user has received everything.
    private var hasPassed = false

    /// So many events are kept while a conversation is read. More are read, too.
    static var maximumHeld: Int { 64 }

    /// Begins with what the user has not received, in this order.
    mutating func drain(_ unreceived: [(conversation: ConversationID, received: Int, epoch: Epoch)]) {
        phase = .draining
        for (conversation, received, epoch) in unreceived {
            enqueue(conversation, at: nil)
            guard var progress = conversations.removeValue(forKey: conversation) else { continue }
            progress.begin(after: received, epoch)
            if !progress.isLeft { left += 1 }
            progress.isLeft = true
            conversations[conversation] = progress
        }
        goLive()
    }

    /// A message was published.
    /// - Parameters:
    ///   - isOwn: this connection has sent it.
    ///   - isRepeat: it was published before.
    /// - Returns: what is given to the client now.
    mutating func hear(
        _ item: Item, seq: Int, epoch: Epoch, in conversation: ConversationID, isOwn: Bool = false, isRepeat: Bool = false
    ) -> Item? {
        if phase == .live, let index = conversations.index(forKey: conversation) {
            switch conversations.values[index].take(seq, epoch, isOwn: isOwn) {
            case .past: return nil
            case .next: return isOwn ? nil : item
            case .ahead, .uncertain: break
            }
        }
        hold(item, seq: seq, epoch: epoch, in: conversation, isOwn: isOwn, isRepeat: isRepeat)
        return nil
    }

    /// The conversation is said to be so far.
    mutating func mark(_ conversation: ConversationID, at position: ConversationPosition) {
        if case .past? = conversations[conversation]?.place(of: position.seq, in: position.epoch) { return }
        enqueue(conversation, at: position)
    }

    /// A message that this connection sent has this number. Those before it may still be on their way, as its own event is: whatever is
    /// missing then is missed by what comes next, or by the events' numbers.
    /// - Parameter isRepeat: it had been sent before.
    mutating func sent(_ seq: Int, epoch: Epoch, in conversation: ConversationID, isRepeat: Bool = false) {
        if conversations[conversation] == nil, seq == 1, !isRepeat, phase == .live {
            conversations[conversation] = Progress(given: 0, epoch: epoch)
        }
        switch conversations[conversation]?.place(of: seq, in: epoch) {
        case .past?: return
        case .next?:
            conversations[conversation]?.give(seq, isOwn: true)
            return
        case .ahead?: break
        case .uncertain?, nil: enqueue(conversation, at: ConversationPosition(epoch: epoch, seq: seq))
        }
        conversations[conversation]?.own.append(seq)
    }

    /// The user is no member any more, or it cannot be read.
    mutating func forget(_ conversation: ConversationID) {
        guard let progress = conversations.removeValue(forKey: conversation) else { return }
        if progress.isQueued { queue.removeAll { $0 == conversation } }
        if reading?.conversation == conversation { reading = nil }
        if progress.isLeft { left -= 1 }
        goLive()
    }

    /// It cannot be read, by anybody. The others go on.
    mutating func pass(_ conversation: ConversationID) {
        hasPassed = true
        forget(conversation)
    }

    mutating func acknowledge(_ conversation: ConversationID, through seq: Int) {
        guard let progress = conversations[conversation] else { return }
        // No more than it was given, whatever it says.
        conversations[conversation]?.acknowledged = max(progress.acknowledged, min(seq, progress.given ?? 0))
    }

    /// Whether nothing is wanted, and everything that was given is acknowledged.
    var isAcknowledged: Bool {
        phase == .live && queue.isEmpty && !hasPassed && conversations.values.allSatisfy { $0.acknowledged >= $0.given ?? 0 }
    }

    private mutating func enqueue(_ conversation: ConversationID, at position: ConversationPosition?) {
        var progress = conversations.removeValue(forKey: conversation) ?? Progress()
        if !progress.isQueued {
            progress.isQueued = true
            queue.append(conversation)
        }
        if let position { progress.want(position) }
        conversations[conversation] = progress
    }

    mutating func goLive() {
        if phase == .draining, left == 0 { phase = .live }
    }

    private mutating func hold(
        _ item: Item, seq: Int, epoch: Epoch, in conversation: ConversationID, isOwn: Bool, isRepeat: Bool
    ) {
        enqueue(conversation, at: ConversationPosition(epoch: epoch, seq: seq))
        guard !isRepeat, var progress = conversations.removeValue(forKey: conversation) else { return }
        progress.first = min(progress.first, seq)
        if isOwn { progress.own.append(seq) }
        if progress.held.count < Self.maximumHeld { progress.held.append((seq, epoch, item)) }
        conversations[conversation] = progress
    }
}

extension Delivery.Progress {
    /// The user has received everything up to a number.
    mutating func begin(after received: Int, _ epoch: Epoch) {
        // Perhaps somewhere else, since this connection has heard of it.
        let begin = min(received, first - 1)
        (given, acknowledged, self.epoch, first) = (begin, begin, epoch, .max)
    }

    mutating func want(_ position: ConversationPosition) {
        if let last = wanted.last, last.epoch == position.epoch {
            if last.seq < position.seq { wanted[wanted.count - 1] = position }
        } else {
            wanted.append(position)
        }
    }

    enum Place {
        /// It was given.
        case past
        /// It is what is to be given next.
        case next
        /// Others are to be given before.
        case ahead
        case uncertain
    }

    func place(of seq: Int, in epoch: Epoch) -> Place {
        guard let given, !isQueued, epoch == self.epoch else { return .uncertain }
        return seq <= given ? .past : seq == given + 1 ? .next : .ahead
    }

    /// Gives a message if it is the next. In place: whatever else there is of a conversation is not copied.
    mutating func take(_ seq: Int, _ epoch: Epoch, isOwn: Bool) -> Place {
        let place = place(of: seq, in: epoch)
        if case .next = place { give(seq, isOwn: isOwn) }
        return place
    }

    /// The next message is given, or is this connection's own.
    mutating func give(_ seq: Int, isOwn: Bool) {
        // The sender has received what he sent, if he had everything before.
        if isOwn, acknowledged == given { acknowledged = seq }
        given = seq
        if !own.isEmpty { own.removeAll { $0 <= seq } }
    }
}
