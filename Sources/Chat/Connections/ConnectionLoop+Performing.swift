import Logging
import NIOCore

/// What clients want.
extension ConnectionLoop {
    private static let watchLimit = 1_000

    /// Does it, and says so with ``ChatConnection/done()``.
    func perform(_ message: ClientMessage, for connection: ChatConnection) {
        switch message {
        case .send(let message): send(message, for: connection)
        case .received(let conversation, let seq): acknowledge(conversation, received: seq, read: nil, for: connection)
        case .read(let conversation, let seq): acknowledge(conversation, received: nil, read: seq, for: connection)
        case .sync(let conversation, let after, let limit): synchronize(conversation, after, limit, for: connection)
        case .typing(let recipient): tellTyping(to: recipient, for: connection)
        case .watch(let users): watch(users, for: connection)
        }
    }

    private func send(_ message: NewMessage, for connection: ChatConnection) {
        let (user, origin) = (connection.user, connection.id.text)
        let conversation = message.to.conversation(from: user)
        let change = connection.cursors[conversation]
        run(for: connection) { [services] () async throws(ChatError) in
            if let delay = await services.sendLimit?(user) { throw .tooManyMessages(retryAfterMs: delay) }
            // What was acknowledged before is, also when it waits to be written: whoever has read everything has read his own, too.
            if let change { try await services.store.advance(user, in: conversation, change, origin: origin) }
            let sent = try await services.store.append(message, from: user, origin: origin)
            if case .group(let group) = message.to, !sent.unheard.isEmpty {
                services.lanes.add { await services.remove(unheard: sent.unheard, from: group) }
            }
            return sent
        } then: { loop, sent in
            connection.delivery.sent(sent.seq, epoch: sent.epoch, in: sent.conversation, isRepeat: sent.isRepeat)
            connection.send(.sent(sent))
            loop.readOn(connection)
        }
    }

    private func tellTyping(to recipient: Recipient, for connection: ChatConnection) {
        let (user, now) = (connection.user, NIODeadline.now())
        guard connection.mayTellTyping(to: recipient.conversation(from: user), now: now) else { return connection.done() }
        run(for: connection) { [services] () async throws(ChatError) in
            try await services.publishTyping(to: recipient, from: user)
        } then: { _, _ in
        }
    }

    private func synchronize(_ conversation: ConversationID, _ after: Int, _ limit: Int, for connection: ChatConnection) {
        let user = connection.user
        run(for: connection) { [services] () async throws(ChatError) in
            try await services.store.messages(of: conversation, for: user, after: after, limit: limit)
        } then: { _, page in
            let (epoch, part) = (page.position.epoch, page.part)
            for message in part.messages { connection.send(.message(conversation, epoch, message)) }
            if part.through < page.through {
                let rest = limit - part.messages.count
                connection.performNext(.sync(conversation, after: part.through, limit: rest))
            } else {
                connection.send(.synced(conversation, epoch, through: page.through))
            }
        }
    }

    /// - Parameter work: runs elsewhere. What goes wrong is told to the client.
    func run<Value: Sendable>(
        for connection: ChatConnection, _ work: @escaping @Sendable () async throws(ChatError) -> Value,
        then: @escaping (ConnectionLoop, Value) -> Void
    ) {
        let bound = NIOLoopBound((connection, then), eventLoop: eventLoop)
        Task(executorPreference: taskExecutor) {
            let result: Result<Value, ChatError>
            do throws(ChatError) {
                result = .success(try await work())
            } catch {
                result = .failure(error)
            }
            bound.eventLoop.execute { [result] in
                let (connection, then) = bound.value
                guard let loop = connection.loop else { return }
                switch result {
                case .success(let value): then(loop, value)
                case .failure(let error): connection.fail(error, id: connection.current?.id)
                }
                connection.done()
            }
        }
    }

    // MARK: Watching

    /// Each user is answered; whatever the client wants next waits for that.
    private func watch(_ users: [UserName], for connection: ChatConnection) {
        let asked = Set(users)
        let new = asked.subtracting(connection.watched)
        guard connection.watched.count + new.count <= Self.watchLimit else {
            connection.fail(.tooManyWatched)
            return connection.done()
        }
        guard !asked.isEmpty, let inbox else { return connection.done() }
        connection.watched.formUnion(new)
        connection.unanswered = asked
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        for user in new { services.presence.add(user) }
        for user in asked {
            services.presence.ask(user) { [weak inbox] presence in inbox?.deliver(.answer(presence, to: bound)) }
        }
    }

    /// From here on the connection is told of changes.
    func answer(_ presence: Presence, to connection: ChatConnection) {
        guard connection.isOpen, connection.watched.contains(presence.user) else { return }
        watching[presence.user, default: [:]][connection.id] = connection
        connection.send(.presence(presence))
        guard connection.unanswered.remove(presence.user) != nil, connection.unanswered.isEmpty else { return }
        connection.done()
    }

    func stopWatching(_ user: UserName, _ connection: ChatConnection) {
        services.presence.remove(user)
        watching[user]?[connection.id] = nil
        if watching[user]?.isEmpty == true { watching[user] = nil }
    }
}
