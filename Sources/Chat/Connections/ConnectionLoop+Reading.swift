import Logging
import NIOCore

/// How connections are opened, and given what they have missed.
extension ConnectionLoop {
    private static let retryDelay = TimeAmount.milliseconds(200)

    /// The connection is entered: whatever is published from now on comes here. What there is already is read.
    func open(_ connection: ChatConnection) {
        let (name, bound) = (connection.user, NIOLoopBound(connection, eventLoop: eventLoop))
        let enters = !connection.localUser.hasEntered
        if enters { connection.localUser.beginEntering() }
        services.lanes.add { [services] in
            let result: Result<ChatServices.Opening, ChatError>
            do throws(ChatError) {
                result = .success(try await services.open(name, enters: enters))
            } catch {
                result = .failure(error)
            }
            bound.eventLoop.execute { [result] in
                let connection = bound.value
                guard let loop = connection.loop else {
                    if enters { _ = connection.localUser.endEntering(nil) }
                    return
                }
                loop.opened(connection, result, enters: enters)
            }
        }
    }

    private func opened(_ connection: ChatConnection, _ result: Result<ChatServices.Opening, ChatError>, enters: Bool) {
        let opening = try? result.get()
        let isEntered = enters ? endEntering(connection.localUser, opening?.entered) : true
        guard let opening, isEntered else { return retryLater(connection, result) }
        connection.drainedFrom = opening.unreceived.moment
        connection.send(
            .welcome(user: connection.user, connection: connection.id, server: services.directory.server.text))
        connection.delivery.drain(opening.unreceived.conversations.map { ($0.id, $0.received, $0.position.epoch) })
        connection.outputIsReady()
    }

    /// Reads what the connection wants next, if it takes it.
    func readOn(_ connection: ChatConnection) {
        guard connection.isOpen, connection.output.isReady, let read = connection.delivery.nextRead() else { return }
        let (name, bound) = (connection.user, NIOLoopBound(connection, eventLoop: eventLoop))
        services.metrics.notePage()
        services.lanes.add { [services] in
            let page = await services.page(read, for: name)
            bound.eventLoop.execute { bound.value.loop?.finish(read, page, for: bound.value) }
        }
    }

    private func finish(
        _ read: Delivery<ChatEvent>.Read, _ result: Result<MessagePage, ChatError>, for connection: ChatConnection
    ) {
        switch result {
        case .success(let page):
            let messages = page.messages.map { message in
                (
                    message.seq, connection.isSending(id: message.id, from: message.from),
                    ChatEvent(.message(read.conversation, page.position.epoch, message))
                )
            }
            let (items, isLacking) = connection.delivery.finish(
                read, .init(after: page.after, through: page.through, messages: messages, position: page.position))
            for event in items { connection.output.send(event) }
            services.metrics.note(delivered: items.count)
            if isLacking { services.lanes.add { [services] in try? await services.store.verify([read.conversation]) } }
            readOn(connection)
        case .failure(.redis), .failure(.contended):
            connection.delivery.failed(read)
            retryLater(connection, result)
        case .failure(.unreadableRecord):
            connection.delivery.pass(read.conversation)
            readOn(connection)
        case .failure:
            // Not for this user any more.
            connection.delivery.forget(read.conversation)
            readOn(connection)
        }
    }

    private func retryLater<Value>(_ connection: ChatConnection, _ result: Result<Value, ChatError>) {
        if case .failure(let error) = result { services.logger.debug("Not read", metadata: ["error": "\(error)"]) }
        let isFirst = retrying.isEmpty
        retrying[connection.id] = connection
        guard isFirst else { return }
        eventLoop.assumeIsolated().scheduleTask(in: Self.retryDelay) { [weak self] in
            guard let self else { return }
            let connections = retrying.values
            retrying = [:]
            for connection in connections where connection.isOpen {
                if connection.delivery.phase == .opening { open(connection) } else { readOn(connection) }
            }
        }
    }

    /// Something may have been missed: whatever has happened since then is compared with what each connection was given.
    /// - Parameter since: milliseconds since 1970 by Redis' clock.
    /// - Returns: whether that was possible.
    func repair(since: Int) -> EventLoopFuture<Void> {
        let repairs = users.values.map { user in
            let promise = eventLoop.makePromise(of: Void.self)
            let (name, bound) = (user.name, NIOLoopBound((user, self), eventLoop: eventLoop))
            user.beginEntering()
            services.lanes.add { [services] in
                let result: Result<(ChatServices.Entered, Unreceived), ChatError>
                do throws(ChatError) {
                    result = .success((try await services.enter(name), try await services.store.noted(of: name, since: since)))
                } catch {
                    result = .failure(error)
                }
                bound.eventLoop.execute { [result] in
                    let (user, loop) = bound.value
                    let isEntered = loop.endEntering(user, try? result.get().0)
                    switch result {
                    case .success((_, let noted)):
                        loop.mark(noted, for: user)
                        if isEntered { promise.succeed() } else { promise.fail(ChatError.contended) }
                    // Of this user nothing can be read. The others need not wait for that.
                    case .failure(.unreadableRecord): promise.succeed()
                    case .failure(let error): promise.fail(error)
                    }
                }
            }
            return promise.futureResult
        }
        // All of them, also when one fails: what is under way is not begun again beside it.
        return EventLoopFuture.whenAllComplete(repairs, on: eventLoop).flatMapThrowing { results in
            for result in results { try result.get() }
        }
    }

    private func mark(_ noted: Unreceived, for user: LocalUser) {
        for connection in user.connections {
            for conversation in noted.conversations {
                connection.delivery.mark(conversation.id, at: conversation.position)
            }
            readOn(connection)
        }
    }
}
