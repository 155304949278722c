/// What this server holds, and what of it has still to be entered in Redis. Pure bookkeeping: it says what to write next, and is
/// told whether that was written.
struct Registrations: Sendable {
    private(set) var connections: [ConnectionID: UserName] = [:]
    /// The connections of each user who has any.
    private(set) var users: [UserName: [ConnectionID]] = [:]
    private(set) var watched: Set<UserName> = []
    /// Who came or went. They are entered before whoever is only entered once more.
    private var changed = UniqueQueue<Entry>()
    private var repeated = UniqueQueue<Entry>()
    /// How often users stand in both.
    private var waiting: [UserName: Int] = [:]
    private var changedWatches = UniqueQueue<UserName>()
    private var repeatedWatches = UniqueQueue<UserName>()

    private struct Entry: Hashable {
        let connection: ConnectionID
        let user: UserName
    }

    /// What is written together. All of it may be written again, and in this order: who comes and goes is never offline between.
    struct Batch: Sendable {
        var opened: [ConnectionID: UserName] = [:]
        var closed: [ConnectionID: UserName] = [:]
        /// Users with a connection here.
        var present: Set<UserName> = []
        /// Users without one any more.
        var absent: Set<UserName> = []
        var watched: Set<UserName> = []
        var unwatched: Set<UserName> = []
    }

    var hasChanges: Bool { !changed.isEmpty || !repeated.isEmpty || !changedWatches.isEmpty || !repeatedWatches.isEmpty }

    mutating func open(_ connection: ConnectionID, of user: UserName) {
        connections[connection] = user
        users[user, default: []].append(connection)
        note(connection, user)
    }

    mutating func close(_ connection: ConnectionID) {
        guard let user = connections.removeValue(forKey: connection) else { return }
        users[user]?.removeAll { $0 == connection }
        if users[user]?.isEmpty == true { users[user] = nil }
        note(connection, user)
    }

    private mutating func note(_ connection: ConnectionID, _ user: UserName) {
        if changed.append(Entry(connection: connection, user: user)) { waiting[user, default: 0] += 1 }
    }

    private mutating func noteAgain(_ connection: ConnectionID, _ user: UserName) {
        if repeated.append(Entry(connection: connection, user: user)) { waiting[user, default: 0] += 1 }
    }

    mutating func watch(_ user: UserName) {
        watched.insert(user)
        changedWatches.append(user)
    }

    mutating func unwatch(_ user: UserName) {
        watched.remove(user)
        changedWatches.append(user)
    }

    /// Everything is to be entered again.
    mutating func renew() {
        for (connection, user) in connections { noteAgain(connection, user) }
        for user in watched { repeatedWatches.append(user) }
    }

    /// A part of everything is to be entered again: in as many turns as there are parts, all of it.
    mutating func renew(part: Int, of parts: Int) {
        func isDue(_ user: UserName) -> Bool { Int(UInt(bitPattern: user.hashValue) % UInt(parts)) == part }
        for (user, connections) in users where isDue(user) {
            for connection in connections { noteAgain(connection, user) }
        }
        for user in watched where isDue(user) { repeatedWatches.append(user) }
    }

    /// What is to be entered next, as it is now.
    /// - Parameter limit: so many connections at most, and so many watched users.
    mutating func takeBatch(limit: Int) -> Batch {
        var batch = Batch()
        for _ in 0..<limit {
            guard let entry = changed.popFirst() ?? repeated.popFirst() else { break }
            let (connection, user) = (entry.connection, entry.user)
            if connections[connection] != nil { batch.opened[connection] = user } else { batch.closed[connection] = user }
            let rest = waiting[user, default: 1] - 1
            waiting[user] = rest > 0 ? rest : nil
            if users[user] != nil {
                batch.present.insert(user)
            } else if rest <= 0 {
                // Not before the last of his connections is removed.
                batch.absent.insert(user)
            }
        }
        for _ in 0..<limit {
            guard let user = changedWatches.popFirst() ?? repeatedWatches.popFirst() else { break }
            if watched.contains(user) { batch.watched.insert(user) } else { batch.unwatched.insert(user) }
        }
        return batch
    }

    /// A batch was not written, or it is not known.
    mutating func putBack(_ batch: Batch) {
        for (connection, user) in batch.opened { note(connection, user) }
        for (connection, user) in batch.closed { note(connection, user) }
        for user in batch.watched.union(batch.unwatched) { changedWatches.append(user) }
    }
}
