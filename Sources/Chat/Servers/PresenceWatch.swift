import Logging
import Synchronization

/// The users that connections of this server watch.
///
/// What is published about them only says where to look: events of several servers may come in another order than what they tell of.
final class PresenceWatch: Sendable {
    private struct State {
        /// How many connections watch a user.
        var counts: [UserName: Int] = [:]
        /// What they were told last.
        var told: [UserName: Bool] = [:]
        /// Whose presence may have changed.
        var due: Set<UserName> = []
        var askers: [UserName: [@Sendable (Presence) -> Void]] = [:]
    }
    private let state = Mutex(State())
    private let directory: ServerDirectory
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    private static let batchSize = 500

    init(directory: ServerDirectory, logger: Logger) {
        (self.directory, self.logger) = (directory, logger)
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// A connection watches the user.
    func add(_ user: UserName) {
        let isFirst = state.withLock { state in
            state.counts[user, default: 0] += 1
            return state.counts[user] == 1
        }
        // Looked at once more as soon as no change can be missed.
        if isFirst { directory.watch(user) { self.look(at: user) } }
    }

    /// A connection does not watch the user any more.
    func remove(_ user: UserName) {
        let isLast = state.withLock { state in
            let count = state.counts[user, default: 0] - 1
            state.counts[user] = count > 0 ? count : nil
            if count <= 0 { state.told[user] = nil }
            return count == 0
        }
        if isLast { directory.unwatch(user) }
    }

    /// - Parameter answer: called with what is the case now, before whatever changes later.
    func ask(_ user: UserName, answer: @escaping @Sendable (Presence) -> Void) {
        state.withLock { $0.askers[user, default: []].append(answer) }
        signal.yield()
    }

    /// The user's presence may have changed.
    func look(at user: UserName) {
        let isWatched = state.withLock { state in
            guard state.counts[user] != nil else { return false }
            state.due.insert(user)
            return true
        }
        if isWatched { signal.yield() }
    }

    /// Anybody's presence may have changed.
    func lookAtAll() { lookAtAll { _ in true } }

    /// A part of all is looked at: in as many turns as there are parts, everybody.
    func look(atPart part: Int, of parts: Int) {
        lookAtAll { Int(UInt(bitPattern: $0.hashValue) % UInt(parts)) == part }
    }

    private func lookAtAll(where isDue: (UserName) -> Bool) {
        state.withLock { $0.due.formUnion($0.counts.keys.filter(isDue)) }
        signal.yield()
    }

    /// Looks whenever there is a reason to, until the task is cancelled.
    /// - Parameter tell: called for each change.
    func run(_ tell: @Sendable (Presence) -> Void) async {
        for await _ in signals {
            while !Task.isCancelled, let users = takeDue() {
                do throws(ChatError) {
                    let presences = try await directory.presenceNow(of: users)
                    let unknown = zip(users, presences).compactMap { user, presence in presence == nil ? user : nil }
                    for case let presence? in presences { settle(presence, tell) }
                    if !unknown.isEmpty { await putBack(unknown) }
                } catch {
                    logger.debug("Presence was not read", metadata: ["error": "\(error)"])
                    await putBack(users)
                }
            }
        }
    }

    private func takeDue() -> [UserName]? {
        state.withLock { state in
            let users = Array((Array(state.askers.keys) + state.due).prefix(Self.batchSize))
            state.due.subtract(users)
            return users.isEmpty ? nil : Array(Set(users))
        }
    }

    private func putBack(_ users: [UserName]) async {
        state.withLock { state in state.due.formUnion(users.filter { state.counts[$0] != nil }) }
        try? await Task.sleep(for: .milliseconds(50))
    }

    private func settle(_ presence: Presence, _ tell: (Presence) -> Void) {
        let (isChange, askers) = state.withLock { state in
            let told = state.told[presence.user]
            if state.counts[presence.user] != nil { state.told[presence.user] = presence.isOnline }
            return (told != nil && told != presence.isOnline, state.askers.removeValue(forKey: presence.user) ?? [])
        }
        if isChange { tell(presence) }
        for answer in askers { answer(presence) }
    }
}
