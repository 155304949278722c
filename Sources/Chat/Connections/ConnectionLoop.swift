import Logging
import NIOCore

/// The connections of one event loop, by user and by group. Everything here happens on that event loop.
final class ConnectionLoop {
    let eventLoop: any EventLoop
    let taskExecutor: LoopTaskExecutor
    let services: ChatServices
    /// The way by which events come here.
    private(set) weak var inbox: LoopInbox?
    private(set) var users: [UserName: LocalUser] = [:]
    /// The users of each group.
    private var members: [GroupID: [UserName: LocalUser]] = [:]
    var watching: [UserName: [ConnectionID: ChatConnection]] = [:]
    /// Everything up to this moment has arrived; milliseconds since 1970 by Redis' clock.
    private(set) var completeThrough: Int?
    /// Connections whose acknowledgements are to be written.
    var acknowledging: [ConnectionID: ChatConnection] = [:]
    /// Connections for which something has failed and is tried again soon.
    var retrying: [ConnectionID: ChatConnection] = [:]

    init(_ eventLoop: any EventLoop, _ services: ChatServices) {
        (self.eventLoop, self.services) = (eventLoop, services)
        taskExecutor = LoopTaskExecutor(eventLoop)
    }

    // MARK: Users

    func connect(_ user: UserName, output: any ChatOutput, inbox: LoopInbox) -> ChatConnection {
        self.inbox = inbox
        let localUser = users[user] ?? LocalUser(user)
        users[user] = localUser
        let connection = ChatConnection(user: localUser, output: output, loop: self)
        localUser.connections.append(connection)
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        services.directory.open(connection.id, of: user) {
            bound.eventLoop.execute { bound.value.loop?.open(bound.value) }
        }
        return connection
    }

    func close(_ connection: ChatConnection) {
        services.directory.close(connection.id)
        writeCursors(of: connection, isLast: true)
        acknowledging[connection.id] = nil
        retrying[connection.id] = nil
        for user in connection.watched { stopWatching(user, connection) }
        let user = connection.localUser
        user.connections.removeAll { $0 === connection }
        guard user.connections.isEmpty, users[user.name] === user else { return }
        users[user.name] = nil
        for group in user.groups { remove(user, from: group) }
    }

    private func add(_ user: LocalUser, to group: GroupID) {
        if members[group] == nil { services.groups.add(group) }
        members[group, default: [:]][user.name] = user
    }

    private func remove(_ user: LocalUser, from group: GroupID) {
        guard members[group]?.removeValue(forKey: user.name) != nil, members[group]?.isEmpty == true else { return }
        members[group] = nil
        services.groups.remove(group)
    }

    /// The user's groups were asked for.
    /// - Parameter entered: the answer; nil: there is none.
    /// - Returns: whether their messages come here for certain.
    func endEntering(_ user: LocalUser, _ entered: ChatServices.Entered?) -> Bool {
        let (joined, left) = user.endEntering(entered?.groups)
        guard let entered, users[user.name] === user else { return entered != nil }
        for group in joined { add(user, to: group) }
        for group in left { leave(user, group) }
        guard services.groups.wereGivenUp(entered.groups, since: entered.turn) else { return true }
        user.hasEntered = false
        return false
    }

    private func leave(_ user: LocalUser, _ group: GroupID) {
        remove(user, from: group)
        for connection in user.connections { connection.delivery.forget(.group(group)) }
    }

    // MARK: Events

    func hear(_ event: LoopEvent) {
        switch event {
        case .server(let content, let told, let isCertain): hear(content, told, isCertain)
        case .presence(let user, let event):
            for connection in watching[user, default: [:]].values { connection.output.send(event) }
        case .answer(let presence, let connection): answer(presence, to: connection.value)
        case .complete(let moment): completeThrough = moment
        }
    }

    private func hear(_ content: ServerEvent.Content, _ told: ChatEvent?, _ isCertain: Bool) {
        switch content {
        case .message(let message):
            var count = 0
            forEach(of: message.audience) { connection in
                // Somebody's removal may be missing: who reads the log is asked whether he may.
                if !isCertain, message.conversation.group != nil {
                    connection.delivery.mark(message.conversation, at: message.position)
                } else if let told {
                    count += hear(message, told, connection)
                }
                readOn(connection)
            }
            services.metrics.note(delivered: count)
        case .reset(let reset):
            forEach(of: reset.audience) { connection in
                connection.delivery.mark(reset.conversation, at: reset.position)
                readOn(connection)
            }
        case .receipt(let receipt): tell(told, to: receipt.audience, isCertain) { $0.id.text != receipt.origin }
        case .typing(let typing): tell(told, to: typing.audience, isCertain) { $0.user != typing.from && $0.output.isReady }
        case .joined(let group, let user, let position):
            guard let user = users[user] else { return }
            if user.join(group) {
                add(user, to: group)
                services.groups.noteDoubt(ifGivenUpLately: group)
            }
            guard let position else { return }
            for connection in user.connections {
                connection.delivery.mark(.group(group), at: position)
                readOn(connection)
            }
        case .left(let group, let user):
            guard let user = users[user] else { return }
            if user.leave(group) { leave(user, group) }
        case .presence, .beat: break
        }
    }

    private func hear(_ message: MessageEvent, _ told: ChatEvent, _ connection: ChatConnection) -> Int {
        guard
            let event = connection.delivery.hear(
                told, seq: message.seq, epoch: message.position.epoch, in: message.conversation,
                isOwn: message.origin == connection.id.text, isRepeat: message.isRepeat)
        else { return 0 }
        connection.output.send(event)
        return 1
    }

    private func tell(
        _ event: ChatEvent?, to audience: Audience, _ isCertain: Bool, where isConcerned: (ChatConnection) -> Bool
    ) {
        guard let event else { return }
        // Somebody's removal from the group may be missing; and nobody misses this.
        if case .group = audience, !isCertain { return }
        forEach(of: audience) { if isConcerned($0) { $0.output.send(event) } }
    }

    private func forEach(of audience: Audience, _ body: (ChatConnection) -> Void) {
        switch audience {
        case .pair(let one, let other):
            for connection in users[one]?.connections ?? [] { body(connection) }
            if one != other { for connection in users[other]?.connections ?? [] { body(connection) } }
        case .group(let group):
            guard let users = members[group] else { return services.groups.noteStray(group) }
            for user in users.values { for connection in user.connections { body(connection) } }
        }
    }
}
