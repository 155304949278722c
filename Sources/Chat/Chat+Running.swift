import Logging
import NIOCore
import Redis
import ServiceLifecycle

/// What keeps a server in step with the others.
extension Chat {
    private static let sweepParts = 60

    /// Runs until the task is cancelled or the service group shuts down. Connections are to be closed before.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.beatAgainAndAgain() }
                group.addTask { await self.clearDeadServersAgainAndAgain() }
                group.addTask { await self.listenToGroupsAgainAndAgain() }
                group.addTask { await self.services.directory.enterChangesAgainAndAgain() }
                group.addTask { await self.services.presence.run { self.tell($0) } }
                group.addTask { await self.repairAgainAndAgain() }
                await group.waitForAll()
            }
        }
        await leave()
    }

    /// Checks that messages reach users, rather than that a port is open: a lease that is renewed, events that come back, an answer from
    /// Redis now.
    /// - Throws: what does not work.
    public func probe() async throws(ChatError) {
        let directory = services.directory
        guard try await directory.readLeases().isHeld, directory.isAlive(now: .now()) else { throw .notRegistered }
        let patience = max(.seconds(4), directory.terms.interval * 4)
        guard services.journal.isFresh(now: .now(), within: patience) else { throw .eventsLost }
    }

    /// Renews the lease and listens under it, which nothing else may delay; and has a part of everything looked at again.
    private func beatAgainAndAgain() async {
        var listening: Task<Void, Never>?
        var turn = 0
        while !Task.isCancelled {
            var pause = services.directory.terms.interval
            do throws(ChatError) {
                let (leases, isNew) = try await services.directory.renew()
                conversations.clock.note(leases.now)
                if isNew {
                    listening?.cancel()
                    await listening?.value
                    listening = Task { [server = services.directory.server] in await self.listen(as: server) }
                }
                if let number = try await services.directory.beat() {
                    services.journal.published(beat: number, at: leases.now)
                    completeIfSo()
                }
                if leases.hasDead { services.directory.reportDead() }
                if let end = leases.nextEnd(besides: services.directory.server.text) {
                    pause = min(pause, .milliseconds(end + 1))
                }
                services.directory.enterAgain(part: turn % Self.sweepParts, of: Self.sweepParts)
                services.presence.look(atPart: turn % Self.sweepParts, of: Self.sweepParts)
                turn += 1
            } catch {
                logger.debug("The lease was not renewed", metadata: ["error": "\(error)"])
                pause = min(pause, .milliseconds(100))
            }
            services.metrics.note(connections: services.directory.connectionCount)
            try? await Task.sleep(for: pause)
        }
        listening?.cancel()
        await listening?.value
    }

    /// Clears what others have left behind.
    private func clearDeadServersAgainAndAgain() async {
        for await _ in services.directory.deaths {
            do { try await services.directory.clearDeadServers() } catch {
                // They stay dead: the next renewal says so again.
                logger.debug("A dead server was not cleared", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Groups without a member here do not come here any more. Those with one do, whatever may have happened to that; and when it had,
    /// their members are given what is missing.
    private func listenToGroupsAgainAndAgain() async {
        var turn = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            do {
                try await services.withdrawFromAbandonedGroups()
                for missed in try await services.enrollAgain(part: turn % Self.sweepParts, of: Self.sweepParts) {
                    deliver(.server(.reset(missed), nil, isCertain: true))
                }
                turn += 1
            } catch {
                logger.debug("Groups were not entered", metadata: ["error": "\(error)"])
            }
        }
    }

    // MARK: Events

    private func listen(as server: ServerID) async {
        await client.subscribe(to: [ChatKeys.channel(of: server.text)], bufferedMessages: 65_536) { subscription in
            for await event in subscription {
                switch event {
                case .subscribed: services.journal.begin()
                case .dropped: services.journal.lose()
                case .interrupted: break
                case .message(let message): hear(message.payload)
                }
            }
        }
    }

    private func hear(_ bytes: [UInt8]) {
        // What cannot be read is missed by its number.
        guard let event = ServerEvent(decoding: bytes) else { return }
        let isCertain = event.number > 0 ? services.journal.hear(event.number) : services.journal.order.isCertain
        switch event.content {
        case .presence(let presence): services.presence.look(at: presence.user)
        case .beat: break
        case .message(let message):
            if !conversations.heard(message) {
                services.lanes.add { [conversations] in try? await conversations.verify([message.conversation]) }
            }
            deliver(.server(event.content, ChatEvent(message), isCertain: isCertain))
        case .receipt(let receipt):
            let told = Receipt(user: receipt.user, received: receipt.received, read: receipt.read)
            deliver(.server(event.content, ChatEvent(.receipt(receipt.conversation, told)), isCertain: isCertain))
        case .typing(let typing):
            deliver(.server(event.content, ChatEvent(.typing(typing.conversation, from: typing.from)), isCertain: isCertain))
        case .reset, .joined, .left: deliver(.server(event.content, nil, isCertain: isCertain))
        }
        completeIfSo()
    }

    private func completeIfSo() {
        if let moment = services.journal.advance() { deliver(.complete(through: moment)) }
    }

    private func tell(_ presence: Presence) {
        deliver(.presence(presence.user, ChatEvent(.presence(presence))))
    }

    // MARK: Repairs

    /// Whenever something was missed, reads what it may have been.
    private func repairAgainAndAgain() async {
        for await _ in services.journal.losses {
            services.metrics.noteLoss()
            while !Task.isCancelled {
                let order = services.journal.order
                if order.isCertain { break }
                do {
                    try await repair(since: order.completeThrough ?? 0)
                    services.journal.repaired(asOf: order.losses)
                    services.metrics.noteRepair()
                } catch {
                    logger.debug("Not repaired", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(200))
                }
            }
        }
    }

    /// - Parameter since: milliseconds since 1970 by Redis' clock.
    private func repair(since: Int) async throws {
        try await conversations.verifyAll()
        services.directory.enterAgain()
        services.presence.lookAtAll()
        for inbox in inboxes {
            try await inbox.eventLoop.flatSubmit { inbox.connections.value.repair(since: since) }.get()
        }
    }

    // MARK: Leaving

    /// Gives back what this server holds, if that is possible within a few seconds.
    private func leave() async {
        let leaving = Task {
            while !services.lanes.isIdle, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
            try? await services.withdrawFromAbandonedGroups()
            do { try await services.directory.leave() } catch {
                logger.notice("The server's lease was left to its end", metadata: ["error": "\(error)"])
            }
        }
        let patience = Task {
            try? await Task.sleep(for: .seconds(5))
            leaving.cancel()
        }
        await leaving.value
        patience.cancel()
    }
}

extension ChatEvent {
    convenience init(_ event: MessageEvent) {
        let message = Message(seq: event.seq, id: event.id, from: event.from, text: event.text, at: event.at)
        self.init(.message(event.conversation, event.position.epoch, message))
    }
}
