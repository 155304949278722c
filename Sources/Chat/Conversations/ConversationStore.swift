public import Logging
public import Redis

/// Conversations of pairs and of groups; many instances share them through Redis.
///
/// The log of each conversation is the truth. What is noted with users is a hint where to look, events that are published are faster
/// than looking, and what a server remembers is compared with what is stored.
public struct ConversationStore: Sendable {
    let redis: any RedisCommands
    let configuration: ChatConfiguration
    let logger: Logger
    let clock: RedisClock
    let metrics = ChatMetrics()
    /// The latest that was seen of each conversation.
    let floors = RecentTable<ConversationID, Floor>(limit: 65_536)
    /// The members of groups in mode write.
    let snapshots = RecentTable<GroupID, GroupSnapshot>(limit: 200_000) { 1 + $0.noted.count }

    public init(
        redis: any RedisCommands, configuration: ChatConfiguration = .init(), logger: Logger = Logger(label: "chat")
    ) {
        self.init(redis: redis, configuration: configuration, logger: logger, time: nil)
    }

    /// - Parameter time: milliseconds since 1970 that count in place of Redis' clock.
    package init(
        redis: any RedisCommands, configuration: ChatConfiguration, logger: Logger = Logger(label: "chat"),
        time: (@Sendable () -> Int)?
    ) {
        (self.redis, self.configuration, self.logger) = (redis, configuration, logger)
        clock = RedisClock(explicit: time)
    }

    func send(_ command: RedisCommand) async throws(ChatError) -> RedisValue {
        do { return try await redis.send(command, deadline: configuration.redisDeadline) } catch { throw ChatError(error) }
    }

    /// All replies, or the first error; a thousand commands at a time, since each pipeline waits as a whole.
    func replies(to commands: [RedisCommand]) async throws(ChatError) -> [RedisValue] {
        var values: [RedisValue] = []
        values.reserveCapacity(commands.count)
        for start in stride(from: 0, to: commands.count, by: 1000) {
            let part = Array(commands[start..<min(start + 1000, commands.count)])
            let deadline = part.count > 10 ? configuration.longDeadline : configuration.redisDeadline
            for reply in await redis.pipeline(part, deadline: deadline) {
                do { values.append(try reply.get()) } catch { throw ChatError(error) }
            }
        }
        return values
    }

    /// Like ``replies(to:)``, each with an error of its own.
    func repliesAsTheyAre(to commands: [RedisCommand]) async -> [Result<RedisValue, ChatError>] {
        var replies: [Result<RedisValue, ChatError>] = []
        replies.reserveCapacity(commands.count)
        for start in stride(from: 0, to: commands.count, by: 1000) {
            let part = Array(commands[start..<min(start + 1000, commands.count)])
            let deadline = part.count > 10 ? configuration.longDeadline : configuration.redisDeadline
            replies += await redis.pipeline(part, deadline: deadline).map { $0.mapError { ChatError($0) } }
        }
        return replies
    }

    /// - Returns: nil where something lies in Redis that was not written here: it keeps nothing else from being read.
    func readable(_ reply: Result<RedisValue, ChatError>) throws(ChatError) -> RedisValue? {
        do throws(ChatError) {
            return try reply.get()
        } catch {
            guard case .unreadableRecord = error else { throw error }
            metrics.noteUnreadable()
            return nil
        }
    }

    /// Milliseconds since 1970: about what Redis' clock says.
    func now() async throws(ChatError) -> Int {
        if let now = clock.now { return now }
        return try await refreshClock()
    }

    /// Asks Redis.
    @discardableResult
    func refreshClock() async throws(ChatError) -> Int {
        if let now = clock.now, clock.isExplicit { return now }
        let parts: [Int] = try decode(try await send(RedisCommand("TIME", isIdempotent: true)))
        guard parts.count == 2 else { throw .unreadableRecord }
        let now = parts[0] * 1000 + parts[1] / 1000
        clock.note(now)
        return now
    }

    func decode<Value: RedisDecodable>(_ reply: RedisValue, as type: Value.Type = Value.self) throws(ChatError) -> Value {
        do { return try reply.decode() } catch { throw ChatError(error) }
    }

    /// What is stored of a conversation; nil: there is none.
    func record(of conversation: ConversationID) async throws(ChatError) -> ConversationRecord? {
        try ConversationRecord.decode(try await send(ConversationRecord.reading(conversation)), of: conversation)
    }

    /// Who is told of what happens in a conversation.
    /// - Throws: ``ChatError/notMember`` also where there is no such pair: whether two others talk is not for everybody.
    func audience(of conversation: ConversationID, for user: UserName) async throws(ChatError) -> Audience {
        var audience = Audience(conversation) ?? floors[conversation]?.audience
        if audience == nil { audience = try await record(of: conversation)?.audience }
        guard let audience, !audience.excludes(user) else { throw .notMember }
        return audience
    }

    /// To whom a typing user of this conversation is shown.
    func audience(of recipient: Recipient, from user: UserName) async throws(ChatError) -> (ConversationID, Audience) {
        let conversation = recipient.conversation(from: user)
        switch recipient {
        case .user(let other): return (conversation, .pair(of: user, and: other))
        case .group(let group):
            let isMember = try await send(
                RedisCommand("HEXISTS", ChatKeys.members(of: conversation), user.text, isIdempotent: true))
            guard isMember == .integer(1) else { throw .notMember }
            return (conversation, .group(group))
        }
    }

    /// The keys of whatever says to which servers an event goes.
    func routing(of conversation: ConversationID, _ audience: Audience) -> [String] {
        switch audience {
        case .pair(let one, let other): [ChatKeys.connections(of: one), ChatKeys.connections(of: other)]
        case .group: [ChatKeys.servers(of: conversation)]
        }
    }
}

/// The reply of a script: what has come of it, and what belongs to that.
struct ScriptReply {
    let status: String
    private let values: [RedisValue]

    init(_ reply: RedisValue) throws(ChatError) {
        guard case .array(let values) = reply, let first = values.first, case .bytes(let status) = first else {
            throw .unreadableRecord
        }
        (self.status, self.values) = (String(decoding: status, as: UTF8.self), values)
    }

    func value<Value: RedisDecodable>(_ index: Int, as type: Value.Type = Value.self) throws(ChatError) -> Value {
        guard values.indices.contains(index) else { throw .unreadableRecord }
        do { return try values[index].decode() } catch { throw ChatError(error) }
    }

    func texts(from index: Int) -> [String] { values.dropFirst(index).compactMap { try? $0.decode(as: String.self) } }
}
