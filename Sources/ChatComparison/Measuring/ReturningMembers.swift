import Chat
import Redis
import RedisMeasuring
import Synchronization

/// Members who come back after they were away, as the service looks for what they have missed.
///
/// What was noted within the last minute is looked at in any case. So they come back some minutes later each time, by a clock of
/// their own: as members do who were away for a while.
final class ReturningMembers: Sendable {
    private let store: ConversationStore
    private let clock: LaterClock

    init(redis: CountingRedis, client: RedisClient, configuration: ChatConfiguration) async throws {
        let parts: [Int] = try await client.send(RedisCommand("TIME", isIdempotent: true)).decode()
        let clock = LaterClock(now: (parts.first ?? 0) * 1000)
        self.clock = clock
        store = ConversationStore(
            redis: redis, configuration: configuration, logger: ComparisonServer.silence, time: { clock.milliseconds })
    }

    /// The first time that somebody comes back to a group that was new to him differs.
    func settle(_ members: ArraySlice<UserName>) async throws {
        waitAWhile()
        for member in members { try await comeBack(member) }
    }

    func waitAWhile() { clock.putOn(Self.whileAway) }

    /// - Returns: how many messages he has missed.
    @discardableResult
    func comeBack(_ member: UserName) async throws -> Int {
        let unreceived = try await store.unreceived(of: member)
        var count = 0
        for conversation in unreceived.conversations {
            var after = conversation.received
            while after < conversation.position.seq {
                let page = try await store.messages(of: conversation.id, for: member, after: after, limit: 100)
                guard page.through > after else { break }
                count += page.messages.count
                after = page.through
            }
            _ = try await store.advance(member, in: conversation.id, received: after, read: nil)
        }
        if !unreceived.conversations.isEmpty { try await store.noteReceived(by: member, through: unreceived.moment) }
        return count
    }

    /// In milliseconds.
    private static let whileAway = 300_000
}

/// A clock that can be put on.
private final class LaterClock: Sendable {
    private let start = ContinuousClock.now
    private let base: Mutex<Int>

    init(now: Int) { base = Mutex(now) }

    /// Since 1970.
    var milliseconds: Int { base.withLock { $0 } + Int((ContinuousClock.now - start) / .milliseconds(1)) }

    func putOn(_ milliseconds: Int) { base.withLock { $0 += milliseconds } }
}
