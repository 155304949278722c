import Redis

extension ConversationStore {
    /// Messages of a conversation behind a number, oldest first.
    ///
    /// Usually one round trip.
    /// - Parameters:
    ///   - number: 0: from the beginning, as far back as is kept; nil: what the user has not received.
    ///   - limit: 1 to 200. Fewer come when there are no more, or when something cannot be read.
    /// - Throws: ``ChatError/notMember``, ``ChatError/notFound`` for groups.
    public func messages(
        of conversation: ConversationID, for user: UserName, after number: Int? = 0, limit: Int = 100
    ) async throws(ChatError) -> MessagePage {
        guard number ?? 0 >= 0 else { throw .invalidSequence }
        guard (1...MessagePage.maximumLimit).contains(limit) else { throw .invalidLimit }
        let floor = floors[conversation]?.seq ?? 0
        let number = if let number { min(number, 1 << 50) } else { try await received(by: user, in: conversation) }
        var page = try await page(of: conversation, for: user, after: number, limit)
        if page.position.seq < floor {
            try await verify([conversation])
            page = try await self.page(of: conversation, for: user, after: number, limit)
        }
        return page
    }

    private func received(by user: UserName, in conversation: ConversationID) async throws(ChatError) -> Int {
        let cursor = try await send(
            RedisCommand("HGET", ChatKeys.cursors(of: conversation), "received:\(user.text)", isIdempotent: true))
        return Self.cursor(try decode(cursor, as: String?.self))
    }

    private func page(
        of conversation: ConversationID, for user: UserName, after number: Int, _ limit: Int
    ) async throws(ChatError) -> MessagePage {
        let today = LogDay(of: try await now())
        let membership = RedisCommand("HEXISTS", ChatKeys.members(of: conversation), user.text, isIdempotent: true)
        // The state first: whatever it speaks of is in the logs when they are read. Membership last: who reads was a member then.
        let replies = try await replies(to: [
            ConversationRecord.reading(conversation),
            RedisCommand("ZRANGE", ChatKeys.days(of: conversation), 0, -1, "WITHSCORES", isIdempotent: true),
            reading(conversation, today, after: number, limit), membership,
        ])
        guard let record = try ConversationRecord.decode(replies[0], of: conversation) else {
            throw conversation.group == nil ? .notMember : .notFound
        }
        func checkMembership(_ reply: RedisValue) throws(ChatError) {
            let isMember = record.group == nil ? !record.audience.excludes(user) : reply == .integer(1)
            if !isMember { throw .notMember }
        }
        try checkMembership(replies[3])
        let first = LogDay(number: today.number - configuration.retentionDays)
        var days = try LogIndex(decode(replies[1]), from: first).days(after: number)
        var page = PageReading(after: number, limit: limit)
        if days == [today] {
            page.add(try decode(replies[2]))
            days = []
        }
        while !days.isEmpty, !page.isFull {
            let part = days.prefix(Self.daysPerTrip)
            days.removeFirst(part.count)
            let start = page.last
            let replies = try await self.replies(
                to: part.map { reading(conversation, $0, after: start, limit) } + [membership])
            for reply in replies.dropLast() { page.add(try decode(reply)) }
            try checkMembership(replies[part.count])
        }
        for _ in 0..<page.unreadable { metrics.noteUnreadable() }
        if let last = page.messages.last, last.seq >= record.position.seq {
            floors.update(conversation) {
                Floor.note($0, seq: last.seq, at: last.at, epoch: record.position.epoch, audience: record.audience)
            }
        }
        let seq = max(record.position.seq, page.messages.last?.seq ?? 0)
        return MessagePage(
            position: ConversationPosition(epoch: record.position.epoch, seq: seq), after: number, messages: page.messages,
            through: page.isFull ? page.last : seq)
    }

    private static let daysPerTrip = 4

    private func reading(_ conversation: ConversationID, _ day: LogDay, after number: Int, _ limit: Int) -> RedisCommand {
        RedisCommand(
            "XRANGE", ChatKeys.log(of: conversation, day: day.text), "\(number + 1)-0", "+", "COUNT", limit, isIdempotent: true)
    }
}

/// The days of a conversation and the first number of each.
struct LogIndex {
    private let entries: [(day: LogDay, first: Int)]

    /// - Parameters:
    ///   - texts: days and scores by turns, ordered by score. What is none is left out.
    ///   - first: days before it are kept no more.
    init(_ texts: [String], from first: LogDay) {
        entries = stride(from: 0, to: texts.count - 1, by: 2).compactMap { index in
            guard let day = LogDay(texts[index]), day.number >= first.number, let score = Double(texts[index + 1]),
                let number = Int(exactly: score)
            else { return nil }
            return (day, number)
        }
    }

    /// In which logs there may be messages behind a number.
    func days(after number: Int) -> [LogDay] {
        let start = entries.lastIndex { $0.first <= number + 1 } ?? 0
        return entries[start...].map(\.day)
    }
}

/// A page that is read log by log.
private struct PageReading {
    private(set) var messages: [Message] = []
    /// The number of the last entry that was read; before that, where the page begins.
    private(set) var last: Int
    private(set) var unreadable = 0
    private var count = 0
    private let limit: Int

    init(after number: Int, limit: Int) { (last, self.limit) = (number, limit) }

    var isFull: Bool { count >= limit }

    mutating func add(_ entries: [RedisValue]) {
        for entry in entries where !isFull {
            // What cannot be read counts: the reading goes on behind it.
            count += 1
            if let message = Message(entry: entry), message.seq > last {
                messages.append(message)
                last = message.seq
            } else {
                unreadable += 1
                if case .array(let parts) = entry, let seq = parts.first.flatMap(Message.number) { last = max(last, seq) }
            }
        }
    }
}
