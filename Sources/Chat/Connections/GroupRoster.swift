import Synchronization

/// Which groups have members on this server, over all event loops. Events of the others need not come here.
final class GroupRoster: Sendable {
    private struct State {
        /// On how many event loops.
        var counts: [GroupID: Int] = [:]
        var abandoned: Set<GroupID> = []
        /// It is not certain that their messages come here.
        var doubtful: Set<GroupID> = []
        /// When groups were last given up, by ``turn``.
        var givenUp: [GroupID: Int] = [:]
        var turn = 0
    }
    private let state = Mutex(State())

    /// So many turns it is remembered which groups were given up.
    private static let memory = 600
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
    /// - Parameter turn: before it was entered.
    func wereGivenUp(_ groups: some Sequence<GroupID>, since turn: Int) -> Bool {
        state.withLock { state in groups.contains { group in state.givenUp[group].map { $0 > turn } ?? false } }
    }

    /// Groups without a member here, to be given up now; ``finishGivingUp(_:)`` follows.
    func takeAbandoned() -> [GroupID] {
        state.withLock { state in
            guard !state.abandoned.isEmpty else { return [] }
            Self.giveUp(state.abandoned, &state)
            defer { state.abandoned = [] }
            return Array(state.abandoned)
        }
    }

    /// They were given up, or are about to be: nobody knows how far that has come when Redis did not answer.
    ///
    /// Whoever has come meanwhile is found here; whoever asked before and comes later finds that they ``wereGivenUp(_:since:)``.
    func finishGivingUp(_ groups: [GroupID]) {
        state.withLock { state in
            Self.giveUp(groups, &state)
            state.doubtful.formUnion(groups.filter { state.counts[$0] != nil })
        }
    }

    private static func giveUp(_ groups: some Sequence<GroupID>, _ state: inout State) {
        state.turn += 1
        for group in groups { state.givenUp[group] = state.turn }
        let forgotten = state.turn - memory
        if state.turn.isMultiple(of: memory) { state.givenUp = state.givenUp.filter { $0.value > forgotten } }
    }

    /// Groups whose messages may not come here although they have members here.
    func noteDoubts(_ groups: some Sequence<GroupID>) { state.withLock { $0.doubtful.formUnion(groups) } }

    /// A user was entered in a group by an event: perhaps before the group was given up.
    func noteDoubt(ifGivenUpLately group: GroupID) {
        state.withLock { state in if state.givenUp[group] != nil { state.doubtful.insert(group) } }
    }

    func takeDoubtful() -> [GroupID] {
        state.withLock { state in
            defer { state.doubtful = [] }
            return state.doubtful.filter { state.counts[$0] != nil }
        }
    }

    /// A part of the groups with members here: in as many turns as there are parts, all of them.
    func members(ofPart part: Int, of parts: Int) -> [GroupID] {
        state.withLock { state in
            state.counts.keys.filter { Int(UInt(bitPattern: $0.hashValue) % UInt(parts)) == part }
        }
    }
}
