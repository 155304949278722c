import NIOCore

/// What clients acknowledge. Whatever comes within a moment is written together.
extension ConnectionLoop {
    private static let gathering = TimeAmount.milliseconds(50)
    /// How often it is written that a user has received everything, in milliseconds.
    private static let notingInterval = 30_000

    func acknowledge(_ conversation: ConversationID, received: Int?, read: Int?, for connection: ChatConnection) {
        guard received ?? 0 >= 0, read ?? 0 >= 0 else {
            connection.fail(.invalidSequence)
            return connection.done()
        }
        let progress = connection.delivery.conversations[conversation]
        let change = CursorChange(received: received, read: read, epoch: progress?.epoch)
        guard progress != nil else { return acknowledgeUnknown(conversation, change, for: connection) }
        note(conversation, change, of: connection)
        connection.delivery.acknowledge(conversation, through: max(received ?? 0, read ?? 0))
        connection.done()
    }

    /// Of what this connection was not given anything: one after the other, since there may be no such conversation.
    private func acknowledgeUnknown(_ conversation: ConversationID, _ change: CursorChange, for connection: ChatConnection) {
        let (user, origin) = (connection.user, connection.id.text)
        run(for: connection) { [services] () async throws(ChatError) -> Bool in
            do throws(ChatError) {
                try await services.store.advance(user, in: conversation, change, origin: origin)
                return true
            } catch {
                guard case .redis = error else { throw error }
                return false
            }
        } then: { loop, isWritten in
            if !isWritten { loop.note(conversation, change, of: connection) }
        }
    }

    private func note(_ conversation: ConversationID, _ change: CursorChange, of connection: ChatConnection) {
        connection.cursors[conversation] = connection.cursors[conversation]?.followed(by: change) ?? change
        let isFirst = acknowledging.isEmpty
        acknowledging[connection.id] = connection
        guard isFirst else { return }
        eventLoop.assumeIsolated().scheduleTask(in: Self.gathering) { [weak self] in
            guard let self else { return }
            let connections = acknowledging.values
            acknowledging = [:]
            for connection in connections { writeCursors(of: connection) }
        }
    }

    /// Writes what was acknowledged, and then, now and then, that nothing is left.
    func writeCursors(of connection: ChatConnection, isLast: Bool = false) {
        let (changes, user, origin) = (connection.cursors, connection.user, connection.id.text)
        connection.cursors = [:]
        let through = receivedThrough(by: connection, isLast: isLast)
        guard !changes.isEmpty || through != nil else { return }
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        services.lanes.add { [services] in
            var failures: [(ConversationID, CursorChange, ChatError)] = []
            for (conversation, change) in changes {
                do throws(ChatError) {
                    try await services.store.advance(user, in: conversation, change, origin: origin)
                } catch {
                    failures.append((conversation, change, error))
                }
            }
            if failures.isEmpty, let through { try? await services.store.noteReceived(by: user, through: through) }
            guard !failures.isEmpty else { return }
            bound.eventLoop.execute { [failures] in
                for (conversation, change, error) in failures {
                    bound.value.loop?.failed(conversation, change, error, bound.value)
                }
            }
        }
    }

    /// Up to which moment the user has received everything; nil: not known, or written a short time ago.
    private func receivedThrough(by connection: ChatConnection, isLast: Bool) -> Int? {
        guard let moment = [connection.drainedFrom, completeThrough].compactMap({ $0 }).max(),
            moment >= (connection.notedThrough ?? 0) + (isLast ? 1 : Self.notingInterval), connection.delivery.isAcknowledged
        else { return nil }
        connection.notedThrough = moment
        return moment
    }

    private func failed(_ conversation: ConversationID, _ change: CursorChange, _ error: ChatError, _ connection: ChatConnection)
    {
        if case .redis = error {
            note(conversation, change, of: connection)
        } else {
            connection.fail(error)
        }
    }
}

extension ConversationStore {
    @discardableResult
    func advance(
        _ user: UserName, in conversation: ConversationID, _ change: CursorChange, origin: String
    ) async throws(ChatError) -> Receipt {
        try await advance(
            user, in: conversation, received: change.received, read: change.read, epoch: change.epoch, origin: origin)
    }
}
