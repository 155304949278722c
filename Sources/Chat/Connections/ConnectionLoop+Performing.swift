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
        case .typing(let recipient):
            let user = connection.user
            run(for: connection) { [services] () async throws(ChatError) in
                try await services.publishTyping(to: recipient, from: user)
            } then: { _, _ in
            }
        case .watch(let users): watch(users, for: connection)
        }
    }

    private func send(_ message: NewMessage, for connection: ChatConnection) {
        let (user, origin) = (connection.user, connection.id.text)
        run(for: connection) { [services] () async throws(ChatError) in
            if let delay = await services.sendLimit?(user) { throw .tooManyMessages(retryAfterMs: delay) }
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
    private func run<Value: Sendable>(
        for connection: ChatConnection, _ work: @escaping @Sendable () async throws(ChatError) -> Value,
        then: @escaping (ConnectionLoop, Value) -> Void
    ) {
        let bound = NIOLoopBound((connection, then), eventLoop: eventLoop)
        Task {
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

    private func watch(_ users: [UserName], for connection: ChatConnection) {
        let new = users.filter { !connection.watched.contains($0) }
        if connection.watched.count + new.count > Self.watchLimit {
            connection.fail(.tooManyWatched)
        } else {
            connection.watched.formUnion(new)
            let bound = NIOLoopBound(connection, eventLoop: eventLoop)
            for user in new { services.presence.add(user) }
            for user in Set(users) {
                services.presence.ask(user) { presence in
                    bound.eventLoop.execute { bound.value.loop?.answer(presence, to: bound.value) }
                }
            }
        }
        connection.done()
    }

    /// From here on the connection is told of changes.
    private func answer(_ presence: Presence, to connection: ChatConnection) {
        guard connection.watched.contains(presence.user) else { return }
        watching[presence.user, default: [:]][connection.id] = connection
        connection.send(.presence(presence))
    }

    func stopWatching(_ user: UserName, _ connection: ChatConnection) {
        services.presence.remove(user)
        watching[user]?[connection.id] = nil
        if watching[user]?.isEmpty == true { watching[user] = nil }
    }
}
