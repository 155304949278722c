/// A user with connections to one event loop of this server.
final class LocalUser {
    let name: UserName
    var connections: [ChatConnection] = []
    /// The groups whose messages come to this event loop for the user.
    private(set) var groups: Set<GroupID> = []
    /// Whether ``groups`` are known, and their messages come here.
    var hasEntered = false
    private var entering = 0
    /// What was heard of the user's groups while they were asked for: it may be younger than the answer.
    private var heard: [GroupID: Bool] = [:]

    init(_ name: UserName) { self.name = name }

    /// The groups are asked for.
    func beginEntering() { entering += 1 }

    /// - Parameter groups: the answer; nil: there is none.
    /// - Returns: groups that the user is in now and was not, and those he is not in any more.
    func endEntering(_ groups: [GroupID]?) -> (joined: Set<GroupID>, left: Set<GroupID>) {
        entering -= 1
        defer { if entering == 0 { heard = [:] } }
        guard let groups else { return ([], []) }
        let before = self.groups
        self.groups = Set(groups)
        for (group, isMember) in heard {
            if isMember { self.groups.insert(group) } else { self.groups.remove(group) }
        }
        hasEntered = true
        return (self.groups.subtracting(before), before.subtracting(self.groups))
    }

    /// - Returns: whether he was not in it.
    func join(_ group: GroupID) -> Bool {
        if entering > 0 { heard[group] = true }
        return groups.insert(group).inserted
    }

    /// - Returns: whether he was in it.
    func leave(_ group: GroupID) -> Bool {
        if entering > 0 { heard[group] = false }
        return groups.remove(group) != nil
    }
}
