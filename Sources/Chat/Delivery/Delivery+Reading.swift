/// How what is uncertain is read from the log.
extension Delivery {
    /// A part of the log, as it was read.
    struct Page: Sendable {
        /// Everything that exists after this number…
        let after: Int
        /// …up to this one…
        let through: Int
        /// …is here, in order; `isOwn`: this connection has sent it.
        let messages: [(seq: Int, isOwn: Bool, item: Item)]
        /// How far the conversation was, when it was read or before.
        let position: ConversationPosition
    }

    /// What is to be read next; nil: nothing, or something is being read.
    mutating func nextRead() -> Read? {
        guard reading == nil, phase != .opening, let conversation = queue.first else { return nil }
        conversations[conversation]?.wanted = []
        turns += 1
        let read = Read(conversation: conversation, after: conversations[conversation]?.given, turn: turns)
        reading = read
        return read
    }

    /// It could not be read now.
    mutating func failed(_ read: Read) {
        if reading == read { reading = nil }
    }

    /// It was read.
    /// - Returns: what is given to the client now, and whether the log lacks what was published.
    mutating func finish(_ read: Read, _ page: Page) -> (items: [Item], isLacking: Bool) {
        guard reading == read else { return ([], false) }
        reading = nil
        let conversation = read.conversation
        guard var progress = conversations.removeValue(forKey: conversation) else { return ([], false) }
        defer {
            conversations[conversation] = progress
            goLive()
        }

        guard progress.takesUp(page) else { return ([], false) }
        var items: [Item] = []
        for message in page.messages where message.seq > progress.given ?? 0 {
            let isOwn = message.isOwn || progress.own.contains(message.seq)
            progress.give(message.seq, isOwn: isOwn)
            if !isOwn { items.append(message.item) }
        }
        progress.skip(to: page.through)
        guard page.through >= page.position.seq else { return (items, false) }

        items += progress.takeFollowing()
        if progress.isWanting { return (items, false) }
        let lost = progress.takeHeld()
        items += lost
        progress.isQueued = false
        if queue.first == conversation { queue.removeFirst() } else { queue.removeAll { $0 == conversation } }
        if progress.isLeft {
            progress.isLeft = false
            left -= 1
        }
        return (items, !lost.isEmpty)
    }
}

extension Delivery.Progress {
    /// Whether a page follows on what was given. If not, it is read again from another place.
    fileprivate mutating func takesUp(_ page: Delivery.Page) -> Bool {
        if given == nil { begin(after: page.after, page.position.epoch) }
        var begin = given ?? page.after
        // What was given before the epoch is still that only as far as the epochs have it in common.
        if let epoch { begin = min(begin, page.position.epoch.firstUnknown(to: epoch) - 1) }
        (given, acknowledged, epoch) = (begin, min(acknowledged, begin), page.position.epoch)
        return begin >= page.after
    }

    /// The log has nothing more up to this number.
    fileprivate mutating func skip(to seq: Int) {
        if seq > given ?? 0 {
            if acknowledged == given { acknowledged = seq }
            given = seq
        }
        if let given { own.removeAll { $0 <= given } }
    }

    /// Whether more is known to exist than was given.
    fileprivate var isWanting: Bool {
        wanted.contains { $0.epoch != epoch || $0.seq > given ?? 0 }
    }

    /// Events that follow on what was given.
    fileprivate mutating func takeFollowing() -> [Item] {
        held.removeAll { $0.epoch == epoch && $0.seq <= given ?? 0 }
        held.sort { $0.seq < $1.seq }
        return take { event, progress in event.epoch == progress.epoch && event.seq == (progress.given ?? 0) + 1 }
    }

    /// Events that the log should have had: what lies between them was lost.
    fileprivate mutating func takeHeld() -> [Item] {
        defer { held = [] }
        return take { event, progress in event.epoch == progress.epoch && event.seq > progress.given ?? 0 }
    }

    private mutating func take(where isDue: ((seq: Int, epoch: Epoch, item: Item), Self) -> Bool) -> [Item] {
        var items: [Item] = []
        var rest: [(seq: Int, epoch: Epoch, item: Item)] = []
        for event in held {
            guard isDue(event, self) else {
                if event.epoch != epoch || event.seq > given ?? 0 { rest.append(event) }
                continue
            }
            let isOwn = own.contains(event.seq)
            give(event.seq, isOwn: isOwn)
            if !isOwn { items.append(event.item) }
        }
        held = rest
        if let given { own.removeAll { $0 <= given } }
        return items
    }
}
