import Synchronization

/// Which groups have members on this server, over all event loops. Events of the others need not come here.
final class GroupRoster: Sendable {
    private struct State {
        /// On how many event loops.
        var counts: [GroupID: Int] = [:]
        var abandoned: Set<GroupID> = []
        /// When groups were last given up, by ``turn``.
        var givenUp: [GroupID: Int] = [:]
        var turn = 0
    }
    private let state = Mutex(State())

    /// So many turns it is remembered which groups were given up.
    private static let memory = 600
    /// Whoever entered a group by an event did so within so many turns.
    private static let recently = 4

    func add(_ group: GroupID) {
        state.withLock { state in
            state.counts[group, default: 0] += 1
            state.abandoned.remove(group)
        }
    }

    func remove(_ group: GroupID) {
        state.withLock { state in
            let count = state.counts[group, default: 0] - 1
            state.counts[group] = count > 0 ? count : nil
            if count <= 0 { state.abandoned.insert(group) }
        }
    }

    /// A message came for members that are not here.
    func noteStray(_ group: GroupID) {
        state.withLock { state in
            if state.counts[group] == nil { state.abandoned.insert(group) }
        }
    }

    /// Counts how often groups were given up.
    var turn: Int { state.withLock { $0.turn } }

    /// Whether one of these groups was given up, perhaps after this server was entered in it: to be asked after they were added.
    /// - Parameter turn: before it was entered; nil: not long ago.
    func wereGivenUp(_ groups: some Sequence<GroupID>, since turn: Int?) -> Bool {
        state.withLock { state in
            let turn = turn ?? state.turn - Self.recently
            return groups.contains { group in state.givenUp[group].map { $0 > turn } ?? false }
        }
    }

    /// Groups without a member here, to be given up now.
    func takeAbandoned() -> [GroupID] {
        state.withLock { state in
            guard !state.abandoned.isEmpty else { return [] }
            state.turn += 1
            for group in state.abandoned { state.givenUp[group] = state.turn }
            let forgotten = state.turn - Self.memory
            if state.turn.isMultiple(of: Self.memory) { state.givenUp = state.givenUp.filter { $0.value > forgotten } }
            defer { state.abandoned = [] }
            return Array(state.abandoned)
        }
    }

    /// - Returns: whether one of them has a member here meanwhile.
    func haveMembers(_ groups: [GroupID]) -> Bool {
        state.withLock { state in groups.contains { state.counts[$0] != nil } }
    }
}
