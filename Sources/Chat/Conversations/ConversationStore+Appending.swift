import Logging
import Redis

extension ConversationStore {
    /// Appends a message to the conversation with its recipient. Once this returns it is kept, and on its way to whoever is
    /// connected.
    ///
    /// Repeating it, also after an error, appends nothing more.
    /// - Parameter origin: the sender's connection, which is known in the event by it.
    /// - Throws: ``ChatError/notMember``, ``ChatError/notFound`` for groups. After ``ChatError/redis(_:)`` it may be there.
    public func append(
        _ message: NewMessage, from user: UserName, origin: String? = nil
    ) async throws(ChatError) -> SentMessage {
        guard (1...NewMessage.maximumIDLength).contains(message.id.utf8.count) else { throw .invalidMessageID }
        guard (1...configuration.maximumMessageBytes).contains(message.text.utf8.count) else {
            throw .invalidText(maximum: configuration.maximumMessageBytes)
        }
        let conversation = message.to.conversation(from: user)
        var laterDay: LogDay?
        for attempt in 0..<Self.tries {
            // Servers with different thresholds would change a group's mode for ever, each the other's.
            let (audience, snapshot) = try await recipients(of: message.to, from: user, adapts: attempt < 2)
            let (now, epoch) = (try await now(), Epoch.id())
            let isNoted = snapshot.isNoted(at: now, within: configuration.noteInterval)
            let call = appending(
                message, user, origin ?? "-", to: conversation, audience, version: snapshot.version, notes: !isNoted,
                epoch: epoch, now: now, day: laterDay ?? LogDay(of: now))
            let reply = try ScriptReply(
                try await note(conversation, with: isNoted ? [] : snapshot.noted, at: now, then: call))
            clock.note(try reply.value(1))
            switch reply.status {
            case "ok":
                if !isNoted { noted(message.to, snapshot.version, at: now) }
                if try reply.value(6, as: Int.self) == 1, case .group(let group) = message.to { try? await welcome(group) }
                return try sent(message, in: conversation, audience, reply, newEpoch: epoch)
            case "note": noted(message.to, snapshot.version, at: nil)
            case "clock": try await refreshClock()
            case "day":
                guard let day = LogDay(try reply.value(2, as: String.self)) else { throw .unreadableRecord }
                laterDay = day
            case "version":
                if case .group(let group) = message.to { snapshots.update(group) { $0?.version == snapshot.version ? nil : $0 } }
            case "missing": throw .notFound
            case "member": throw .notMember
            default: throw .unreadableRecord
            }
        }
        throw .contended
    }

    static let tries = 10

    private func recipients(
        of recipient: Recipient, from user: UserName, adapts: Bool
    ) async throws(ChatError) -> (Audience, GroupSnapshot) {
        switch recipient {
        case .user(let other):
            return (.pair(of: user, and: other), GroupSnapshot(version: "", noted: user == other ? [user] : [user, other]))
        case .group(let group):
            return (.group(group), try await snapshot(of: group, adapts: adapts))
        }
    }

    private func appending(
        _ message: NewMessage, _ user: UserName, _ origin: String, to conversation: ConversationID, _ audience: Audience,
        version: String, notes: Bool, epoch: String, now: Int, day: LogDay
    ) -> RedisCommand {
        var keys = [
            ChatKeys.state(of: conversation), ChatKeys.days(of: conversation), ChatKeys.log(of: conversation, day: day.text),
            ChatKeys.sent(in: conversation, day: day.text), ChatKeys.sent(in: conversation, day: day.before.text),
            ChatKeys.log(of: conversation, day: day.before.text), ChatKeys.cursors(of: conversation),
        ]
        var names: [String] = []
        switch audience {
        case .group: keys.append(ChatKeys.members(of: conversation))
        case .pair(let one, let other): names = [one.text, other.text]
        }
        keys += routing(of: conversation, audience)
        let kept = LogDay(number: max(0, LogDay(of: now).number - configuration.retentionDays))
        let arguments: [any RedisArgument] = [
            clock.forScripts, now, day.text, LogDay(of: now).start, (configuration.retentionDays + 1) * LogDay.milliseconds,
            kept.text, conversation.text, audience.encoded, user.text, user.encoded, message.id, message.text, origin,
            floors[conversation]?.seq ?? 0, epoch, version, notes ? 1 : 0,
        ]
        return ChatScripts.appendMessage.call(keys: keys, arguments: arguments + names as [any RedisArgument], isIdempotent: true)
    }

    /// Notes a conversation with users, and then sends a command: whatever happens in between, a message without a note there is not.
    private func note(
        _ conversation: ConversationID, with users: [UserName], at now: Int, then call: RedisCommand
    ) async throws(ChatError) -> RedisValue {
        let notes = users.map { user in
            RedisCommand("ZADD", ChatKeys.conversations(of: user), "GT", now, conversation.text, isIdempotent: true)
        }
        for start in stride(from: 0, to: notes.count - 1000, by: 1000) {
            _ = try await noted(Array(notes[start..<(start + 1000)]))
        }
        let rest = notes.isEmpty ? 0 : (notes.count - 1) / 1000 * 1000
        return try await noted(Array(notes[rest...]) + [call])
    }

    /// The last reply. Where something else lies in place of a user's conversations his own reading says so; the others go on.
    private func noted(_ commands: [RedisCommand]) async throws(ChatError) -> RedisValue {
        var last = RedisValue.null
        let deadline = commands.count > 10 ? configuration.longDeadline : configuration.redisDeadline
        for (index, reply) in await redis.pipeline(commands, deadline: deadline).enumerated() {
            do { last = try reply.get() } catch {
                if index < commands.count - 1, error.reply?.kind == "WRONGTYPE" { continue }
                throw ChatError(error)
            }
        }
        return last
    }

    /// Of a group it is remembered when its messages were noted: while much is said, each member is told so once a second.
    private func noted(_ recipient: Recipient, _ version: String, at moment: Int?) {
        guard case .group(let group) = recipient else { return }
        snapshots.update(group) { known in
            guard var snapshot = known, snapshot.version == version, !snapshot.noted.isEmpty else { return known }
            snapshot.notedAt = moment
            return snapshot
        }
    }

    private func sent(
        _ message: NewMessage, in conversation: ConversationID, _ audience: Audience, _ reply: ScriptReply,
        newEpoch: String
    ) throws(ChatError) -> SentMessage {
        let (seq, at): (Int, Int) = (try reply.value(2), try reply.value(3))
        let epoch = Epoch(try reply.value(4))
        let isRepeat = try reply.value(5, as: Int.self) == 1
        floors.update(conversation) { Floor.note($0, seq: seq, at: at, epoch: epoch, audience: audience) }
        metrics.noteAppended(isRepeat: isRepeat)
        if seq > 1, epoch.text.hasPrefix(newEpoch) {
            metrics.noteEpoch()
            logger.warning(
                "Redis has lost messages that were seen: a new epoch", metadata: ["conversation": "\(conversation.text)"])
        }
        return SentMessage(
            conversation: conversation, id: message.id, seq: seq, at: at, epoch: epoch, isRepeat: isRepeat,
            unheard: reply.texts(from: 7))
    }
}
