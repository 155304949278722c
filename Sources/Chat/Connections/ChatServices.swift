import Logging
import NIOCore
import Redis

/// What connections need of their server.
struct ChatServices: Sendable {
    let store: ConversationStore
    let directory: ServerDirectory
    let presence: PresenceWatch
    let journal = EventJournal()
    let groups = GroupRoster()
    /// Readings of logs and openings of connections: many connections that come at once take their turns.
    let lanes = WorkLanes(limit: 64)
    let metrics = ConnectionMetrics()
    let sendLimit: ChatSendLimit?
    let logger: Logger

    /// What a connection begins with.
    struct Opening: Sendable {
        /// nil: not asked for.
        let entered: Entered?
        let unreceived: Unreceived
    }

    struct Entered: Sendable {
        let groups: [GroupID]
        /// See ``GroupRoster/turn``.
        let turn: Int
    }

    /// - Parameter enters: whether the user's groups are asked for, and their messages come to this server from now on.
    func open(_ user: UserName, enters: Bool) async throws(ChatError) -> Opening {
        let entered = enters ? try await enter(user) : nil
        return Opening(entered: entered, unreceived: try await store.unreceived(of: user))
    }

    /// The user's groups, whose messages come to this server from now on.
    func enter(_ user: UserName) async throws(ChatError) -> Entered {
        let turn = groups.turn
        return Entered(groups: try await store.enter(user, server: directory.server.text), turn: turn)
    }

    /// Groups without a member here do not come here any more.
    func withdrawFromAbandonedGroups() async throws(ChatError) {
        let abandoned = groups.takeAbandoned()
        guard !abandoned.isEmpty else { return }
        defer { groups.finishGivingUp(abandoned) }
        try await store.withdraw(server: directory.server.text, from: abandoned)
    }

    /// Has this server hear, again, what is sent to groups with members here: to a part of them, and to those of which it is doubtful.
    /// - Returns: what may have been sent to whom meanwhile.
    func enrollAgain(part: Int, of parts: Int) async throws(ChatError) -> [ResetEvent] {
        let doubtful = groups.takeDoubtful()
        do throws(ChatError) {
            let regular = groups.members(ofPart: part, of: parts).filter { !doubtful.contains($0) }
            let missing = try await store.enroll(server: directory.server.text, in: doubtful + regular)
            return try await store.positions(of: Array(Set(doubtful + missing))).map { group, position in
                ResetEvent(conversation: .group(group), audience: .group(group), position: position)
            }
        } catch {
            groups.noteDoubts(doubtful)
            throw error
        }
    }

    /// A part of a log, for a connection.
    func page(_ read: Delivery<ChatEvent>.Read, for user: UserName) async -> Result<MessagePage, ChatError> {
        do throws(ChatError) {
            let page = try await store.messages(of: read.conversation, for: user, after: read.after, limit: Self.pageLength)
            return .success(page.part)
        } catch {
            return .failure(error)
        }
    }

    private static let pageLength = 100

    /// Servers that do not hear what is sent to a group do not belong there, if they are gone.
    func remove(unheard servers: [String], from group: GroupID) async {
        guard let leases = try? await directory.readLeases().table else { return }
        for server in servers where leases.ends[server] == nil { try? await store.withdraw(server: server, from: [group]) }
    }

    /// Tells the others of a conversation that a user is typing.
    func publishTyping(to recipient: Recipient, from user: UserName) async throws(ChatError) {
        let (conversation, audience) = try await store.audience(of: recipient, from: user)
        let event = ServerEvent(.typing(TypingEvent(conversation: conversation, audience: audience, from: user)))
        var servers: Set<String> = []
        for reply in try await store.replies(to: store.routing(of: conversation, audience).map { Self.listing($0, audience) }) {
            servers.formUnion(try store.decode(reply, as: [String].self))
        }
        _ = try await store.replies(to: servers.map { RedisCommand("PUBLISH", ChatKeys.channel(of: $0), event.encoded) })
    }

    private static func listing(_ key: String, _ audience: Audience) -> RedisCommand {
        switch audience {
        case .pair: RedisCommand("HVALS", key, isIdempotent: true)
        case .group: RedisCommand("SMEMBERS", key, isIdempotent: true)
        }
    }
}

/// Asked before each message that a user sends.
///
/// - Returns: nil: it may be sent; otherwise in how many milliseconds one may.
public typealias ChatSendLimit = @Sendable (UserName) async -> Int?
