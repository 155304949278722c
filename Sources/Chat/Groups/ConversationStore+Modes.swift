import Logging
import Redis

extension ConversationStore {
    /// To whom messages to a group are noted now; from memory when that is known. Whether it is still so, the script that appends
    /// says.
    /// - Parameter adapts: whether the group's mode follows the number of its members first.
    func snapshot(of group: GroupID, adapts: Bool = true) async throws(ChatError) -> GroupSnapshot {
        if let known = snapshots[group] { return known }
        for _ in 0..<Self.tries {
            // The members behind the version: when they change meanwhile the version is old.
            guard let record = try await record(of: .group(group))?.group else { throw .notFound }
            let isWritten = record.mode == .write
            let members = isWritten ? try await members(of: group) : []
            let mode = configuration.mode(members: isWritten ? members.count : record.count, now: record.mode)
            if adapts, mode != record.mode, await change(group, record, to: mode) { continue }
            let snapshot = isWritten ? GroupSnapshot(version: record.version, noted: members) : .read
            snapshots.update(group) { _ in snapshot }
            return snapshot
        }
        throw .contended
    }

    /// Follows the number of members across the threshold. When that fails, whoever sends to the group next tries again.
    func adapt(_ group: GroupID, members: Int, mode: String) async {
        guard let now = GroupMode(rawValue: mode), configuration.mode(members: members, now: now) != now else { return }
        snapshots.update(group) { _ in nil }
        _ = try? await snapshot(of: group)
    }

    private func members(of group: GroupID) async throws(ChatError) -> [UserName] {
        let texts = try decode(
            try await replies(to: [RedisCommand("HKEYS", ChatKeys.members(of: .group(group)), isIdempotent: true)])[0],
            as: [String].self)
        return texts.map { UserName($0) }
    }

    /// - Returns: whether the group is another now, by this or by somebody else's change.
    private func change(_ group: GroupID, _ record: ConversationRecord.Group, to mode: GroupMode) async -> Bool {
        do throws(ChatError) {
            let now = try await refreshClock()
            if mode == .read {
                try await enlist(try await members(of: group), in: group, at: now)
            }
            let reply = try await send(
                ChatScripts.changeMode.call(
                    keys: [ChatKeys.state(of: .group(group))], clock.forScripts, now, record.version, mode.rawValue,
                    Epoch.id()))
            if reply == .integer(1) {
                metrics.noteMode()
                logger.debug("A group's mode has changed", metadata: ["group": "\(group.text)", "mode": "\(mode.rawValue)"])
            }
            return true
        } catch {
            logger.debug("A group's mode is not changed", metadata: ["group": "\(group.text)", "error": "\(error)"])
            return false
        }
    }

    /// Corrects what a user's own list says of a group, where nobody prepares a change.
    func tidy(
        _ group: GroupID, _ text: String?, of user: UserName, _ standing: Standing, now: Int
    ) async throws(ChatError) {
        guard let text else { return }
        if standing == .stranger { return try await forget(group, text, of: user, now: now) }
        let entry = GroupEntry(decoding: text)
        guard standing.own?.record.group?.mode == .write, entry?.mode != .write, entry?.isSettled(now: now) ?? true else {
            return
        }
        // What he has not received of the time in mode read is noted with him now.
        try await replace(text, by: GroupEntry(mode: .write, at: now), group, of: user, now: now)
    }

    /// Takes a group out of a user's own list: he is no member.
    func forget(_ group: GroupID, _ text: String, of user: UserName, now: Int) async throws(ChatError) {
        // Who is about to be added is in the list first.
        if let entry = GroupEntry(decoding: text), !entry.isSettled(now: now) { return }
        try await replace(text, by: nil, group, of: user, now: now)
    }

    private func replace(
        _ text: String, by entry: GroupEntry?, _ group: GroupID, of user: UserName, now: Int
    ) async throws(ChatError) {
        _ = try await send(
            ChatScripts.replaceEntry.call(
                keys: [ChatKeys.groups(of: user), ChatKeys.conversations(of: user)], group.text,
                ConversationID.group(group).text, text, entry?.encoded ?? "", now, isIdempotent: true))
    }
}
